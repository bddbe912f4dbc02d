/// Text that should name a time, a span or date math, and does not.
public struct TimeSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong and what would be right, in plain words.
  public var message: String
  /// Where in the text, counted in characters from 1.
  public var column: Int

  public init(_ message: String, column: Int) {
    self.message = message
    self.column = column
  }

  public var description: String { message }
}
