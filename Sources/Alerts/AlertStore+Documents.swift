import Events
import GRDB
import Hashing
import JSON

/// Something that people put into a folder, in one of its versions.
public struct KeptDocument: Equatable, Sendable {
  public enum Kind: String, Sendable {
    /// A rule as a line of an export of Kibana; by its id.
    case rule
    /// A list of exceptions as a line of an export of Kibana; by name space and id.
    case exceptionList = "exception_list"
    /// An exception as a line of an export of Kibana; by name space and ids of its list and itself.
    case exception
    /// That a rule obeys a list, as an element of its `exceptions_list`; by the rule's id, name space and the list's id.
    case exceptionLink = "exception_link"
    /// Values, a line each, after a line with their type; by id.
    case valueList = "value_list"
    /// How long and how much of data streams is kept; by the pattern of their names.
    case retention
    /// Types of fields as a mapping of Elasticsearch; there is one.
    case mapping
  }

  public var kind: Kind
  public var key: String
  /// Counted from 1 for each key.
  public var version: Int
  /// Nil where this version is that it was taken out, and for contents too old to be kept.
  public var text: String?
  public var keptAt: Timestamp
  public var who: String
  public var isCurrent: Bool
  /// True where the text is not what was written.
  public var isDamaged = false
}

/// What keeping something came to.
public enum Keeping: Sendable {
  /// There was none of its key.
  case new
  /// Another version was there, which is kept.
  case changed
  /// It was there as it is.
  case same
}

extension AlertStore {
  /// Changes of documents that become visible together.
  public struct DocumentChanges {
    let database: Database
    let who: String
    let now: Timestamp

    /// Keeps a document as the one of its key; earlier versions stay.
    public func keep(_ kind: KeptDocument.Kind, _ key: String, _ text: String) throws -> Keeping {
      let last = try latest(kind, key)
      if let last, last.isCurrent, !last.isDamaged, last.text == text { return .same }
      try add(kind, key, text, after: last)
      return last?.isCurrent ?? false ? .changed : .new
    }

    /// Takes a document out; its versions stay. False where there is none.
    public func remove(_ kind: KeptDocument.Kind, _ key: String) throws -> Bool {
      guard let last = try latest(kind, key), last.isCurrent else { return false }
      try add(kind, key, nil, after: last)
      return true
    }

    /// Forgets the contents of all versions but the latest so many; who kept them, and when, stays.
    public func forgetContents(_ kind: KeptDocument.Kind, _ key: String, but latest: Int) throws {
      try database.execute(
        sql: """
          UPDATE documents SET text = NULL, checksum = NULL WHERE kind = ? AND key = ? AND NOT is_current AND version <=
            (SELECT max(version) FROM documents WHERE kind = ? AND key = ?) - ?
          """, arguments: [kind.rawValue, key, kind.rawValue, key, latest])
    }

    /// The documents that count as of these changes, by key.
    public func current(_ kind: KeptDocument.Kind) throws -> [KeptDocument] {
      try AlertStore.current(kind, database)
    }

    /// The document of a key as of these changes.
    public func current(_ kind: KeptDocument.Kind, _ key: String) throws -> KeptDocument? {
      try latest(kind, key).flatMap { $0.isCurrent ? $0 : nil }
    }

    /// Whether there was a document of a key that was taken out and not put in again, as of these changes.
    public func wasRemoved(_ kind: KeptDocument.Kind, _ key: String) throws -> Bool {
      try latest(kind, key).map { !$0.isCurrent } ?? false
    }

    /// A version as the audit log tells of it: the text itself is kept beside it, and may be long.
    private static func audited(_ version: Int, _ text: String?) -> JSONValue {
      var members: [String: JSONValue] = ["version": .integer(Int64(version))]
      if let text {
        members["sha256"] = .string(Array(text.utf8).withUnsafeBytes { SHA256.digest(of: $0) }.hexadecimal)
      }
      return .object(members)
    }

    private func latest(_ kind: KeptDocument.Kind, _ key: String) throws -> KeptDocument? {
      try Row.fetchOne(
        database,
        sql:
          "SELECT \(AlertStore.documentColumns) FROM documents WHERE kind = ? AND key = ? ORDER BY version DESC LIMIT 1",
        arguments: [kind.rawValue, key]
      ).map { AlertStore.document($0, kind) }
    }

    private func add(_ kind: KeptDocument.Kind, _ key: String, _ text: String?, after last: KeptDocument?) throws {
      try database.execute(
        sql: "UPDATE documents SET is_current = 0 WHERE kind = ? AND key = ? AND is_current",
        arguments: [kind.rawValue, key])
      try database.execute(
        sql: """
          INSERT INTO documents (kind, key, version, text, kept_at, who, is_current, checksum)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, \(DocumentChecksum.name)(CAST(?4 AS BLOB)))
          """,
        arguments: [kind.rawValue, key, (last?.version ?? 0) + 1, text, now.milliseconds, who, text != nil])
      let name = kind.rawValue.replacing("_", with: "-")
      let isThere = last?.isCurrent ?? false
      try AlertStore.audit(
        AuditedChange(
          action: text == nil ? "\(name)-removed" : isThere ? "\(name)-changed" : "\(name)-added", target: key,
          before: last.flatMap { $0.isCurrent ? Self.audited($0.version, $0.text) : nil },
          after: text.map { Self.audited((last?.version ?? 0) + 1, $0) }), by: who, at: now, database)
    }
  }

  /// Changes documents, all or none of what `body` asks for: none where it throws.
  public func changing<Result>(
    by who: String, at now: Timestamp, _ body: (DocumentChanges) throws -> Result
  ) throws -> Result {
    try writing { try body(DocumentChanges(database: $0, who: who, now: now)) }
  }

  /// The documents of a kind that count, by key.
  public func current(_ kind: KeptDocument.Kind) throws -> [KeptDocument] {
    try reading { try Self.current(kind, $0) }
  }

  /// Documents of several kinds that count, as of one moment.
  public func current(_ kinds: [KeptDocument.Kind]) throws -> [KeptDocument] {
    try reading { database in try kinds.flatMap { try Self.current($0, database) } }
  }

  /// All versions of a document, or of all of a kind, each from the oldest on.
  public func versions(_ kind: KeptDocument.Kind, _ key: String? = nil) throws -> [KeptDocument] {
    try reading { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT \(Self.documentColumns) FROM documents WHERE kind = ? AND (?2 IS NULL OR key = ?2) ORDER BY key, version
          """,
        arguments: [kind.rawValue, key]
      ).map { Self.document($0, kind) }
    }
  }

  private static func current(_ kind: KeptDocument.Kind, _ database: Database) throws -> [KeptDocument] {
    try Row.fetchAll(
      database, sql: "SELECT \(documentColumns) FROM documents WHERE kind = ? AND is_current ORDER BY key",
      arguments: [kind.rawValue]
    ).map { document($0, kind) }
  }

  /// SQL.
  static let damagedDocument =
    "(text IS NOT NULL AND checksum IS NOT \(DocumentChecksum.name)(CAST(text AS BLOB)))"
  fileprivate static let documentColumns = "*, \(damagedDocument) AS is_damaged"

  private static func document(_ row: Row, _ kind: KeptDocument.Kind) -> KeptDocument {
    KeptDocument(
      kind: kind, key: row["key"], version: row["version"], text: row["text"],
      keptAt: Timestamp(milliseconds: row["kept_at"]), who: row["who"], isCurrent: row["is_current"],
      isDamaged: row["is_damaged"])
  }
}
