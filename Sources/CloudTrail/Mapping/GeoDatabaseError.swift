/// Trouble with a database of addresses, in words for a person.
public struct GeoDatabaseError: Error, CustomStringConvertible, Sendable {
  /// Where the database is.
  public var path: String
  /// What is wrong.
  public var cause: String
  /// What to do about it.
  public var advice: String

  public var description: String { "\(path): \(cause); \(advice)" }
}
