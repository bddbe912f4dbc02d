import Events
import GRDB
import JSON

extension AlertStore {
  /// What a person changes of alerts; nil and empty leave what there is.
  public struct Change: Sendable {
    public var status: AlertWorkflow.Status?
    /// Why they are closed; goes when they are opened again.
    public var reason: String?
    public var addedTags: [String] = []
    public var removedTags: [String] = []
    public var addedAssignees: [String] = []
    public var removedAssignees: [String] = []
    public var note: String?

    public init() {}
  }

  /// One thing that was changed.
  public struct Changed: Equatable, Sendable {
    public var at: Timestamp
    public var who: String
    /// `status`, `reason`, `tags`, `assignees` or `note`.
    public var what: String
    public var before: String?
    public var after: String?
  }

  /// Changes alerts, all of them or none; what is as it was already is no change. Gives the ids of those that have changed.
  public func apply(_ change: Change, to ids: [String], by who: String, at now: Timestamp) throws -> [String] {
    try writing { database in
      var changed: [String] = []
      for id in ids {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM alerts WHERE id = ?", arguments: [id]) else {
          continue
        }
        var isChanged = false
        func note(_ what: String, _ before: String?, _ after: String?) throws {
          isChanged = true
          try database.execute(
            sql: "INSERT INTO changes (alert, at, who, what, before, after) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [id, now.milliseconds, who, what, before, after])
          try Self.audit(
            AuditedChange(
              action: "alert-changed", target: id, field: what, before: before.map(JSONValue.string),
              after: after.map(JSONValue.string)), by: who, at: now, database)
        }
        let status: String = row["status"]
        let reason: String? = row["reason"]
        if let new = change.status, new.rawValue != status {
          try database.execute(
            sql: "UPDATE alerts SET status = ?, status_changed_at = ? WHERE id = ?",
            arguments: [new.rawValue, now.milliseconds, id])
          try note("status", status, new.rawValue)
        }
        let newReason = change.reason ?? (change.status.map { $0 == .closed ? reason : nil } ?? reason)
        if newReason != reason {
          try database.execute(sql: "UPDATE alerts SET reason = ? WHERE id = ?", arguments: [newReason, id])
          try note("reason", reason, newReason)
        }
        for (column, added, removed) in [
          ("tags", change.addedTags, change.removedTags),
          ("assignees", change.addedAssignees, change.removedAssignees),
        ] {
          let before = Self.list(row[column])
          var after = before.filter { !removed.contains($0) }
          for new in added where !after.contains(new) { after.append(new) }
          guard after != before else { continue }
          let text = Self.text(after)
          try database.execute(sql: "UPDATE alerts SET \(column) = ? WHERE id = ?", arguments: [text, id])
          try note(column, Self.text(before), text)
        }
        if let text = change.note {
          try database.execute(
            sql: "INSERT INTO notes (alert, at, who, text) VALUES (?, ?, ?, ?)",
            arguments: [id, now.milliseconds, who, text])
          try note("note", nil, text)
        }
        if isChanged { changed.append(id) }
      }
      return changed
    }
  }

  /// What was changed of an alert, the oldest first.
  public func changes(of id: String) throws -> [Changed] {
    try reading { database in
      try Row.fetchAll(
        database, sql: "SELECT at, who, what, before, after FROM changes WHERE alert = ? ORDER BY number",
        arguments: [id]
      ).map {
        Changed(at: Timestamp(milliseconds: $0[0]), who: $0[1], what: $0[2], before: $0[3], after: $0[4])
      }
    }
  }
}
