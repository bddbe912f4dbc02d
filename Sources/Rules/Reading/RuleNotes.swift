import JSON

/// What is noted while one rule, or something else of its kind, is read.
package final class RuleNotes {
  /// What is read, with its article, for messages.
  private let subject: String
  private let unknownFieldAdvice: String
  private(set) var issues: [RuleIssue] = []
  private(set) var unknownFields: [UnknownField] = []

  package init(of subject: String = "a rule", unknownFieldAdvice: String = "it is kept and has no effect") {
    self.subject = subject
    self.unknownFieldAdvice = unknownFieldAdvice
  }

  /// What was noted, at its places in the source.
  ///
  /// Looking a place up reads the source, so of very many issues only the first are told.
  package func diagnostics(in source: RuleSource, limit: Int = [RuleIssue].mostTold) -> [Diagnostic] {
    issues.diagnostics(in: source, limit: limit)
  }

  package var count: Int { issues.count }
  package private(set) var errorCount = 0
  var hasErrors: Bool { errorCount > 0 }

  package func add(
    _ severity: Diagnostic.Severity, _ path: RuleKeyPath, _ part: RuleSource.Part, _ message: String,
    inner: SourcePosition? = nil
  ) {
    if severity == .error { errorCount += 1 }
    issues.append(RuleIssue(severity: severity, path: path, part: part, inner: inner, message: message))
  }

  func addUnknown(_ path: RuleKeyPath, _ value: JSONValue, meant: String?) {
    unknownFields.append(UnknownField(path: path, value: value))
    let advice = meant.map { "did you mean `\($0)`?" } ?? unknownFieldAdvice
    add(.warning, path, .key, "`\(path)` is no field of \(subject): \(advice)")
  }

  /// Keeps a field that the format knows and this rule has no use for.
  func addUnused(_ path: RuleKeyPath, _ value: JSONValue, _ message: String) {
    // What was unknown inside it is kept with it.
    unknownFields.removeAll { $0.path.steps.starts(with: path.steps) }
    unknownFields.append(UnknownField(path: path, value: value))
    add(.warning, path, .key, message)
  }
}
