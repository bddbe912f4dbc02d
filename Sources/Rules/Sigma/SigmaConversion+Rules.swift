import Events
import Query

extension SigmaConversion {
  /// What is to be said of a rule that was to be converted.
  public struct Remark: Sendable {
    public var rule: LoadedRule
    /// A sentence.
    public var reason: String
    /// In what it differs there; nil of a rule that is left out, having no form in Elastic's format.
    public var difference: Difference?

    /// True of a rule that is left out.
    public var isRefusal: Bool { difference == nil }

    /// A line for people: the file, the rule and the reason.
    public var description: String {
      let what =
        switch (difference?.isNarrower, difference?.isWider) {
        case (true, true): "is narrower in one respect and wider in another"
        case (_, true): "is wider"
        case (true, _): "is narrower"
        default: "is not converted"
        }
      return "\(rule.file): \(rule.rule.name): \(what): \(reason)"
    }
  }

  /// Makes rules of Elastic of Sigma's among those that were loaded, and takes out those that cannot be written so. What is to be
  /// said of them comes back.
  ///
  /// - Parameter catalog: what types fields have; those of mappings that ship are added where it knows none.
  public static func convert(
    _ rules: inout [LoadedRule], _ settings: SigmaSettings = .standard, catalog: FieldCatalog? = nil
  ) -> [Remark] {
    let catalog = catalog.map(SigmaMapping.filling) ?? standardCatalog
    var remarks: [Remark] = []
    var named: Set<String> = []
    rules = rules.compactMap { one in
      do throws(Refusal) {
        var made = one
        let converted = try elastic(one.rule, names: names(one, settings), settings: settings, catalog)
        made.rule = converted.rule
        if let difference = converted.difference {
          remarks.append(Remark(rule: one, reason: difference.reason, difference: difference))
        }
        return made
      } catch {
        remarks.append(Remark(rule: one, reason: error.reason))
        // What it alone looks at is no rule that alerts, and so goes with it.
        for name in one.fed where named.insert(name).inserted {
          var fed = one
          fed.rule.name = name
          let reason = "Only a correlation looks at it, and “\(one.rule.name)” is not converted."
          remarks.append(Remark(rule: fed, reason: reason))
        }
        return nil
      }
    }
    return remarks
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
