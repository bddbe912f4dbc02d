import Events
import Foundation
import GRDB
import JSON

/// A key for the listener as a folder keeps it; never the secret.
public struct KeptKey: Equatable, Sendable {
  public var id: String
  public var name: String
  public var role: String
  /// What tells whether a secret is the key's.
  public var code: [UInt8]
  public var madeAt: Timestamp
  public var madeBy: String
  public var expiresAt: Timestamp?
  public var revokedAt: Timestamp?
  public var revokedBy: String?
}

extension AlertStore {
  /// So many keys a folder has at most, those that have been revoked too.
  public static let mostKeys = 10_000

  /// Keeps a new key. Throws `AlertStoreError`, also where there are too many.
  public func add(
    keyID id: String, name: String, role: String, code: [UInt8], expiresAt: Timestamp?, by who: String,
    at now: Timestamp
  ) throws {
    try writing { database in
      guard try Int.fetchOne(database, sql: "SELECT count(*) FROM access_keys") ?? 0 < Self.mostKeys else {
        throw AlertStoreError(description: "there are \(Self.mostKeys) keys, which is as many as a folder can have")
      }
      try database.execute(
        sql: """
          INSERT INTO access_keys (id, name, role, code, made_at, made_by, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [id, name, role, Data(code), now.milliseconds, who, expiresAt?.milliseconds])
      var after: [String: JSONValue] = ["name": .string(name), "role": .string(role)]
      if let expiresAt { after["expires_at"] = .string(expiresAt.iso8601) }
      try Self.audit(
        AuditedChange(action: "key-created", target: id, after: .object(after)), by: who, at: now, database)
    }
  }

  /// As many characters of a key's id name it at least, where no other key's begins with them.
  public static let leastOfKeyID = 4

  /// Has a key be taken no longer. Gives it as it was before: it may have been revoked already, which changes nothing.
  ///
  /// - Parameter id: the key's id, or the start of it.
  /// - Throws: `AlertStoreError` where none is named by it, or several are.
  public func revoke(keyID id: String, by who: String, at now: Timestamp) throws -> KeptKey {
    try writing { database in
      let key = try Self.key(named: id, database)
      guard key.revokedAt == nil else { return key }
      try database.execute(
        sql: "UPDATE access_keys SET revoked_at = ?, revoked_by = ? WHERE id = ?",
        arguments: [now.milliseconds, who, key.id])
      try Self.audit(AuditedChange(action: "key-revoked", target: key.id), by: who, at: now, database)
      return key
    }
  }

  /// The key that a person means. One that has been revoked counts as any other: whoever names it may have mistaken it for one in use.
  private static func key(named id: String, _ database: Database) throws -> KeptKey {
    if let key = try key(id, database) { return key }
    guard id.count >= leastOfKeyID else {
      throw AlertStoreError(
        description:
          "there is no key “\(id)”; give its id as keys list shows it, or at least \(leastOfKeyID) characters of its start"
      )
    }
    // Ids are told apart by the case of letters, as LIKE and collations might not.
    let rows = try Row.fetchAll(
      database, sql: "SELECT * FROM access_keys WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id", arguments: [id])
    guard let row = rows.first else {
      throw AlertStoreError(description: "there is no key whose id is “\(id)” or begins with it; keys list shows all")
    }
    guard rows.count == 1 else {
      throw AlertStoreError(
        description: "\(rows.count) keys have ids that start with “\(id)”; give more of the one that is meant")
    }
    return key(row)
  }

  /// All keys there ever were, the oldest first.
  public func keys() throws -> [KeptKey] {
    try reading { database in
      try Row.fetchAll(database, sql: "SELECT * FROM access_keys ORDER BY made_at, id").map(Self.key)
    }
  }

  /// The key of an id.
  public func key(_ id: String) throws -> KeptKey? { try reading { try Self.key(id, $0) } }

  /// Whether there ever was a key.
  public func hasKeys() throws -> Bool {
    try reading { try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM access_keys)") ?? false }
  }

  private static func key(_ id: String, _ database: Database) throws -> KeptKey? {
    try Row.fetchOne(database, sql: "SELECT * FROM access_keys WHERE id = ?", arguments: [id]).map(key)
  }

  private static func key(_ row: Row) -> KeptKey {
    func time(_ column: String) -> Timestamp? {
      (row[column] as Int64?).map { Timestamp(milliseconds: $0) }
    }
    return KeptKey(
      id: row["id"], name: row["name"], role: row["role"], code: Array(row["code"] as Data),
      madeAt: Timestamp(milliseconds: row["made_at"]), madeBy: row["made_by"], expiresAt: time("expires_at"),
      revokedAt: time("revoked_at"), revokedBy: row["revoked_by"])
  }
}
