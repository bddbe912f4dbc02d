/// Something to say about a rule file: what was being done, what is wrong, and what to do about it.
public struct Diagnostic: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Whether the rule can be used all the same.
  public enum Severity: String, Hashable, Sendable, Codable {
    case error
    case warning
  }

  public var severity: Severity
  public var file: String
  /// The line, from 1.
  public var line: Int
  /// The column in Unicode scalars, from 1.
  public var column: Int
  public var message: String

  public init(_ severity: Severity, file: String, line: Int = 1, column: Int = 1, _ message: String) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// `file:line:column: error: message`, as compilers write it and editors read it.
  public var description: String { "\(file):\(line):\(column): \(severity.rawValue): \(message)" }
}
