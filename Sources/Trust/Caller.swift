/// Who makes a request or changes something, as the audit log names it.
public struct Caller: Sendable, Equatable {
  /// Such as `dana (key kQ3vX9)`, `loopback` or `command line`.
  public var name: String
  public var role: Role
  /// The id of the key that was shown; nil where none was.
  public var keyID: String?
  /// What that key is called; nil where none was shown.
  public var keyName: String?

  public init(name: String, role: Role, keyID: String? = nil, keyName: String? = nil) {
    self.keyName = keyName
    self.name = name
    self.role = role
    self.keyID = keyID
  }

  /// Whoever shows a key: called by its name, and by its id too, since several keys may have one name. The audit log takes both apart.
  public init(_ key: AccessKey) {
    self.init(name: "\(key.name) (key \(key.id))", role: key.role, keyID: key.id, keyName: key.name)
  }

  /// Whoever can reach the loopback address of a machine on which there are no keys.
  public static let loopback = Caller(name: "loopback", role: .admin)
}
