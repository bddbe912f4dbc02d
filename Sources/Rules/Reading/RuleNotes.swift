import JSON

/// What is noted while one rule is read.
final class RuleNotes {
  private(set) var issues: [RuleIssue] = []
  private(set) var unknownFields: [UnknownField] = []

  var count: Int { issues.count }
  var hasErrors: Bool { issues.contains { $0.severity == .error } }

  func add(
    _ severity: Diagnostic.Severity, _ path: RuleKeyPath, _ part: RuleSource.Part, _ message: String,
    inner: SourcePosition? = nil
  ) {
    issues.append(RuleIssue(severity: severity, path: path, part: part, inner: inner, message: message))
  }

  func addUnknown(_ path: RuleKeyPath, _ value: JSONValue, meant: String?) {
    unknownFields.append(UnknownField(path: path, value: value))
    let advice = meant.map { "did you mean `\($0)`?" } ?? "it is kept and has no effect"
    add(.warning, path, .key, "`\(path)` is no field of a rule: \(advice)")
  }

  /// Keeps a field that the format knows and this rule has no use for.
  func addUnused(_ path: RuleKeyPath, _ value: JSONValue, _ message: String) {
    // What was unknown inside it is kept with it.
    unknownFields.removeAll { $0.path.steps.starts(with: path.steps) }
    unknownFields.append(UnknownField(path: path, value: value))
    add(.warning, path, .key, message)
  }
}
