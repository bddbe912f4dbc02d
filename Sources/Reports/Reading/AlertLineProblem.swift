/// A line of saved alerts that could not be used.
public struct AlertLineProblem: Hashable, Sendable, CustomStringConvertible {
  /// The file, `-` for standard input.
  public let file: String
  /// The line at which the alert starts, from 1.
  public let line: Int
  public let cause: AlertDocumentError

  public var description: String { "\(file == "-" ? "standard input" : file): line \(line): \(cause)" }
}
