/// Something to say about a field of a rule, before its place in the file is known.
struct RuleIssue {
  var severity: Diagnostic.Severity
  var path: RuleKeyPath
  var part: RuleSource.Part = .value
  /// A line and column within the field's string value.
  var inner: SourcePosition?
  var message: String

  /// Looks the place up.
  func diagnostic(in source: RuleSource) -> Diagnostic {
    let position =
      inner.flatMap { source.position(inValueOf: path, line: $0.line, column: $0.column) }
      ?? source.nearestPosition(of: path, part)
    return Diagnostic(severity, file: source.file, line: position.line, column: position.column, message)
  }
}
