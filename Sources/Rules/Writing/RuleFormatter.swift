import JSON

/// Lays rule files in TOML out in one way: tables and keys in order, queries and prose between three quotes, lists on a
/// line or an element a line.
///
/// Nothing is lost: comments stay with what they stand before or behind, fields that are not known stay, numbers and
/// times stay as written. Laying out twice is laying out once.
public enum RuleFormatter {
  public enum Outcome: Hashable, Sendable {
    /// The file is laid out already.
    case unchanged
    /// The text as it should be.
    case changed(String)
    /// The file holds no rule.
    case noRule
    /// The file cannot be read.
    case failed(Diagnostic)
  }

  /// Lays a file's text out.
  public static func format(_ bytes: [UInt8], file: String) -> Outcome {
    let source = SourceText(bytes)
    let before: [String: JSONValue]
    do {
      before = try TOMLText.parse(source)
    } catch {
      return .failed(
        Diagnostic(.error, file: file, line: error.position.line, column: error.position.column, error.message))
    }
    let isNested = before["rule"] != nil
    guard isNested || before["type"] != nil && (before["rule_id"] != nil || before["name"] != nil) else {
      return .noRule
    }
    do {
      let text = TOMLPrinter.text(try TOMLLayoutReader.read(bytes), root: isNested ? [] : ["rule"])
      // The bytes of the values count, so their texts are compared.
      guard JSONValue.object(try TOMLParser.parse(Array(text.utf8))).text == JSONValue.object(before).text else {
        return .failed(
          Diagnostic(.error, file: file, "Laying the file out would change what it says; it stays as it is."))
      }
      return Array(text.utf8) == bytes ? .unchanged : .changed(text)
    } catch {
      let position = source.position(at: error.offset)
      return .failed(
        Diagnostic(
          .error, file: file, line: position.line, column: position.column,
          "The file cannot be laid out: \(error.message)."))
    }
  }

  /// What came of laying files out.
  public struct Report: Sendable {
    /// Files that were looked at and hold a rule.
    public var files = 0
    /// Files that were changed, or are to be changed.
    public var changed: [String] = []
    public var diagnostics: [Diagnostic] = []

    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
  }

  /// Lays out the rule files in TOML under paths, each written at once and only where something changes.
  ///
  /// - Parameter writes: false to only say which files would change.
  public static func run(paths: [String], writes: Bool) -> Report {
    var finder = RuleFileFinder()
    for path in paths { finder.find(path) }
    var report = Report()
    report.diagnostics = finder.diagnostics
    for file in finder.files { format(file, writes: writes, &report) }
    return report
  }

  private static func format(_ file: RuleFileFinder.Found, writes: Bool, _ report: inout Report) {
    guard RuleFileFinder.fileExtension(file.path) == "toml" else {
      if file.isNamed {
        report.diagnostics.append(
          Diagnostic(.error, file: file.path, "Only rule files in TOML are laid out; `rules convert` makes them."))
      }
      return
    }
    do {
      switch format(try RuleFile.read(file.path), file: file.path) {
      case .unchanged: report.files += 1
      case .changed(let text):
        report.files += 1
        report.changed.append(file.path)
        if writes { try FileWriter.replace(file.path, with: text) }
      case .noRule:
        guard file.isNamed else { return }
        report.diagnostics.append(
          Diagnostic(.error, file: file.path, "The file holds no rule: a table [rule] was looked for."))
      case .failed(let diagnostic): report.diagnostics.append(diagnostic)
      }
    } catch let error as RuleFile.Failure {
      report.diagnostics.append(Diagnostic(.error, file: file.path, error.message))
    } catch let error as FileWriter.Failure {
      report.changed.removeLast()
      report.diagnostics.append(Diagnostic(.error, file: file.path, error.message))
    } catch {
      report.diagnostics.append(Diagnostic(.error, file: file.path, "\(error)"))
    }
  }
}
