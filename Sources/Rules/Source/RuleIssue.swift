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

extension [RuleIssue] {
  /// How much is told of one rule. Looking a place up reads the rule's text, so of thousands only the first are told.
  package static var mostTold: Int { 200 }

  /// What is told, in the order of the text; of very many issues the first errors, then the first warnings, and a count.
  func diagnostics(in source: RuleSource, limit: Int = Self.mostTold) -> [Diagnostic] {
    let told =
      count <= limit ? self : Array((filter { $0.severity == .error } + filter { $0.severity != .error }).prefix(limit))
    var diagnostics = told.map { $0.diagnostic(in: source) }
    diagnostics.sort { ($0.line, $0.column) < ($1.line, $1.column) }
    if count > limit {
      diagnostics.append(
        Diagnostic(
          contains { $0.severity == .error } ? .error : .warning, file: source.file, line: source.start.line,
          column: source.start.column, "\(count - limit) more are not told."))
    }
    return diagnostics
  }
}
