import Alerts
import Trust

/// The keys of a folder, as the listener looks them up.
public struct FolderKeys: KeyDirectory {
  private let store: AlertStore

  public init(_ store: AlertStore) { self.store = store }

  public func accessKey(_ id: String) throws -> AccessKey? {
    guard let key = try store.key(id), let role = Role(rawValue: key.role) else { return nil }
    return AccessKey(
      id: key.id, name: key.name, role: role, code: key.code, expiresAt: key.expiresAt?.milliseconds,
      isRevoked: key.revokedAt != nil)
  }

  public func hasAccessKeys() throws -> Bool { try store.hasKeys() }
}
