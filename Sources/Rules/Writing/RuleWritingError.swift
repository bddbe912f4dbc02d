/// Why a rule cannot be written in a format.
public struct RuleWritingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The cause, without a point at its end.
  public let description: String

  init(_ description: String) { self.description = description }
}
