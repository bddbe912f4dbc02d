/// Settings with which nothing can be done.
public struct SettingsFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// The key that is wrong, as a path; nil where no key is.
  public var key: String?
  public var reason: String

  public init(_ reason: String, key: String? = nil) {
    self.reason = reason
    self.key = key
  }

  public var description: String { key.map { "\($0): \(reason)" } ?? reason }
}
