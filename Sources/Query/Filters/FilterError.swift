/// A filter that cannot be read, or that asks for something that is not supported.
public struct FilterError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where in the filters it is, for example `filters[1].query.bool.must[0].script`.
  public let path: String
  /// What is wrong, as a clause without a full stop.
  public let message: String
  /// The clause is sound but not supported here (a script, a shape, …).
  public let isUnsupported: Bool

  init(_ message: String, at path: String, isUnsupported: Bool = false) {
    self.path = path
    self.message = message
    self.isUnsupported = isUnsupported
  }

  public var description: String { "\(path): \(message)" }
}
