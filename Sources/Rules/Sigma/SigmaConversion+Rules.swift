import Query

extension SigmaConversion {
  /// A rule that has no exact form in Elastic's format.
  public struct Refused: Sendable {
    public var rule: LoadedRule
    /// Why, a sentence.
    public var reason: String

    /// A line for people: the file, the rule and the reason.
    public var description: String { "\(rule.file): \(rule.rule.name): is not converted: \(reason)" }
  }

  /// Makes rules of Elastic of Sigma's among those that were loaded, and takes out those that cannot be written so, which it gives
  /// back.
  public static func convert(_ rules: inout [LoadedRule], _ settings: SigmaSettings = .standard) -> [Refused] {
    var refused: [Refused] = []
    rules = rules.compactMap { one in
      do throws(Refusal) {
        var one = one
        one.rule = try elastic(one.rule, names: names(one, settings))
        return one
      } catch {
        refused.append(Refused(rule: one, reason: error.reason))
        return nil
      }
    }
    return refused
  }

  /// By fields of events what a rule calls them in the file that it was read from.
  private static func names(_ one: LoadedRule, _ settings: SigmaSettings) -> [String: String] {
    guard one.rule.language == .sigma, one.source.format == .yaml,
      let node = try? SigmaYAML.read(one.source.text.bytes[one.source.range], line: one.source.start.line),
      let detection = node["detection"], let source = node["logsource"],
      let mapping = settings.mapping(SigmaLogSource(source))
    else { return [:] }
    var names: [String: String] = [:]
    for (name, _) in SigmaNames.fields(detection) {
      for field in mapping.fields[name]?.names ?? [mapping.name(name)] where names[field] == nil { names[field] = name }
    }
    return names
  }
}
