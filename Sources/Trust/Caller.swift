/// Who makes a request or changes something, as the audit log names it.
public struct Caller: Sendable, Equatable {
  /// Such as `key 5f3a…`, `loopback` or `command line`.
  public var name: String
  public var role: Role

  public init(name: String, role: Role) {
    self.name = name
    self.role = role
  }

  /// Whoever can reach the loopback address of a machine on which there are no keys.
  public static let loopback = Caller(name: "loopback", role: .admin)
}
