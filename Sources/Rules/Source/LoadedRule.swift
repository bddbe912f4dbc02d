/// A rule and where it was read from.
public struct LoadedRule: Sendable {
  public var rule: Rule
  public let source: RuleSource
  /// The names of rules that do not alert by themselves, since it looks at them.
  public var fed: [String] = []

  /// The file's path as it was given or found.
  public var file: String { source.file }
  /// Where the rules that ship stand, in place of a folder.
  static let shippedFolder = "built-in/"
  /// True for a rule that ships.
  public var isShipped: Bool { file.hasPrefix(Self.shippedFolder) }
  /// The line on which the rule starts, from 1.
  public var line: Int { source.position.line }

  /// A message about a field of the rule, at its place or the nearest around it.
  public func diagnostic(
    _ severity: Diagnostic.Severity, at path: RuleKeyPath, part: RuleSource.Part = .value, _ message: String
  ) -> Diagnostic {
    RuleIssue(severity: severity, path: path, part: part, message: message).diagnostic(in: source)
  }

  /// A message about the rule's query, where a field first stands in it; at its start when the field does not.
  public func diagnostic(
    _ severity: Diagnostic.Severity, inQueryAt field: String?, _ message: String
  ) -> Diagnostic {
    let place = field.flatMap { QueryCheck.place(of: $0, in: rule.query ?? "") }
    return RuleIssue(severity: severity, path: "query", inner: place, message: message).diagnostic(in: source)
  }
}
