import Databases
import Events
import Foundation
import GRDB
import Parallel
import Reports
import Rules
import Settings

/// What is to be told, and what was: a queue in a file, which survives whatever happens to the process.
///
/// Each pair of an alert and a channel is in it once. Where the queue stands in the alerts of a folder is kept in the same transaction as what
/// was taken from there, so that no alert is left out and none is taken twice.
public final class DeliveryQueue: Sendable {
  private let database: DatabasePool
  public let path: String

  /// Deliveries that wait, at most; with more, alerts stay where they are until some are gone.
  public static let mostWaiting = 200_000
  /// Alerts that are told together, at most.
  static let mostTogether = 500
  private static let mostTogetherBytes = 16 << 20
  private static let kept: Int64 = 90 * 86_400_000

  /// Opens the queue, and makes it where there is none. Throws `SettingsFault`.
  public init(_ path: String) throws {
    self.path = path
    var configuration = Configuration.ordinary
    configuration.label = "notifications"
    configuration.busyMode = .timeout(10)
    configuration.maximumReaderCount = 2
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
      try database.execute(sql: "PRAGMA cell_size_check = ON")
    }
    do {
      try DatabaseFile.make(path)
      try NotificationSchema.current.migrate(path)
      database = try DatabasePool(path: path, configuration: configuration)
      if try database.read({ try NotificationSchema.current.isNew($0) }) {
        try database.write { try NotificationSchema.current.make($0) }
      }
      try database.read { _ = try NotificationSchema.current.check($0) }
    } catch let fault as DatabaseFile.Fault {
      throw SettingsFault(fault.description)
    } catch let error as DatabaseError {
      throw SettingsFault("\(path) cannot be opened: \(error.cause)")
    } catch let fault as DatabaseSchema.Fault {
      throw SettingsFault("\(path) is no queue of notifications of this program: \(fault)")
    }
  }

  // MARK: Taking alerts

  /// An alert that was made.
  public struct Alert: Sendable {
    /// Its number among all that were made, which grows.
    public var number: Int64
    public var document: [UInt8]

    public init(number: Int64, document: [UInt8]) {
      self.number = number
      self.document = document
    }
  }

  /// The number of the last alert that was taken; nil in a queue that never took one.
  public func place() async throws -> Int64? {
    try await database.read { try Int64.fetchOne($0, sql: "SELECT number FROM places WHERE name = 'alerts'") }
  }

  /// Begins behind an alert: earlier ones are told to nobody. Does nothing where the queue has a place already.
  public func begin(behind number: Int64, at now: Timestamp) async throws {
    try await database.write {
      try $0.execute(
        sql: "INSERT OR IGNORE INTO places (name, number) VALUES ('alerts', ?), ('taken', ?)",
        arguments: [number, now.milliseconds])
    }
  }

  /// Has channels tell what is made behind an alert, unless they tell already; one that is not among them begins anew when it is there
  /// again. A queue that has no place begins there as well.
  func begin(_ channels: [String], behind number: Int64, at now: Timestamp) async throws {
    try await database.write { database in
      let names = Set(channels.map(Self.place(of:)))
      for name in try String.fetchAll(database, sql: "SELECT name FROM places WHERE name LIKE 'channel %'")
      where !names.contains(name) {
        try database.execute(sql: "DELETE FROM places WHERE name = ?", arguments: [name])
      }
      let place = try Int64.fetchOne(database, sql: "SELECT number FROM places WHERE name = 'alerts'")
      // An earlier version kept none of these: its channels go on where the queue stands.
      let isKept = try Int.fetchOne(database, sql: "SELECT number FROM places WHERE name = 'channels'") != nil
      let start = isKept ? number : min(number, place ?? number)
      for name in names {
        try database.execute(
          sql: "INSERT OR IGNORE INTO places (name, number) VALUES (?, ?)", arguments: [name, start])
      }
      try database.execute(
        sql: "INSERT OR IGNORE INTO places (name, number) VALUES ('channels', 1), ('alerts', ?), ('taken', ?)",
        arguments: [number, now.milliseconds])
    }
  }

  private static func place(of channel: String) -> String { "channel \(channel)" }

  /// Goes back to before the first alert, and gives the time at which alerts were taken last: earlier ones have been told.
  func restart() async throws -> Timestamp {
    try await database.write {
      try $0.execute(sql: "UPDATE places SET number = 0 WHERE name = 'alerts' OR name LIKE 'channel %'")
      return Timestamp(
        milliseconds: try Int64.fetchOne($0, sql: "SELECT number FROM places WHERE name = 'taken'") ?? 0)
    }
  }

  /// Takes alerts for the channels that are to be told of them; all or none. Those up to the place are left out, and for a channel those up
  /// to where it began. Where a channel has begun that is not among them, whoever asks has settings that are no longer those: what is behind
  /// its beginning stays for those that know it.
  ///
  /// Gives the number of deliveries that are new, or nil where there are too many already or none may be taken: then they are to be taken later.
  public func take(_ alerts: [Alert], for channels: [NotificationChannel], at now: Timestamp) async throws -> Int? {
    let read = alerts.map { alert in
      (alert: alert, notice: (try? AlertDocument(written: alert.document)).map { AlertNotice($0) })
    }
    return try await database.write { database in
      let waiting =
        try Int.fetchOne(
          database, sql: "SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE state = 'waiting' LIMIT ?)",
          arguments: [Self.mostWaiting]) ?? 0
      guard waiting < Self.mostWaiting else { return nil }
      let place = try Int64.fetchOne(database, sql: "SELECT number FROM places WHERE name = 'alerts'") ?? .min
      let begun = try Row.fetchAll(database, sql: "SELECT name, number FROM places WHERE name LIKE 'channel %'")
        .reduce(into: [String: Int64]()) { $0[$1["name"]] = $1["number"] }
      let known = Set(channels.map { Self.place(of: $0.name) })
      let end = begun.filter { !known.contains($0.key) }.values.min() ?? .max
      guard alerts.contains(where: { $0.number <= end }) else { return nil }
      var added = 0
      for (alert, notice) in read where alert.number > place && alert.number <= end {
        guard let notice else { continue }
        var isWanted = false
        for channel in channels
        where alert.number > begun[Self.place(of: channel.name)] ?? .min && channel.takes(notice) {
          isWanted = true
          let (due, isGathered) = try Self.due(notice, channel, now, database)
          try database.execute(
            sql: """
              INSERT OR IGNORE INTO deliveries (alert, channel, state, is_gathered, due_at, taken_at, changed_at)
              VALUES (?, ?, 'waiting', ?, ?, ?, ?)
              """,
            arguments: [
              notice.id, channel.name, isGathered, due.milliseconds, now.milliseconds, now.milliseconds,
            ])
          added += database.changesCount
        }
        guard isWanted else { continue }
        try database.execute(
          sql: "INSERT OR IGNORE INTO alerts (id, document) VALUES (?, ?)",
          arguments: [notice.id, Data(alert.document)])
      }
      if let last = alerts.map(\.number).filter({ $0 <= end }).max(), last > place {
        try database.execute(
          sql: "INSERT OR REPLACE INTO places (name, number) VALUES ('alerts', ?), ('taken', ?)",
          arguments: [last, now.milliseconds])
      }
      return added
    }
  }

  /// When an alert is told, and whether together with others.
  private static func due(
    _ notice: AlertNotice, _ channel: NotificationChannel, _ now: Timestamp, _ database: Database
  ) throws -> (Timestamp, isGathered: Bool) {
    if channel.isExport { return (now, true) }
    if let quiet = channel.quiet, quiet.except.map({ notice.severity < $0 }) ?? true, let end = quiet.end(at: now) {
      return (end, channel.isGathering)
    }
    guard let digest = channel.digest else { return (now, false) }
    // The first one opens the time in which others come to it.
    let open = try Int64.fetchOne(
      database,
      sql:
        "SELECT min(due_at) FROM deliveries WHERE channel = ? AND state = 'waiting' AND is_gathered AND attempts = 0 AND due_at > ?",
      arguments: [channel.name, now.milliseconds])
    let due = now.milliseconds + digest.components.seconds * 1000
    return (Timestamp(milliseconds: min(open ?? due, due)), true)
  }

  // MARK: Sending

  /// What is to be sent in one.
  struct Parcel: Sendable {
    /// Stays the same however often it is sent.
    var id: String
    var numbers: [Int64]
    var documents: [[UInt8]]
    /// How often it was tried before.
    var attempts: Int
    var takenAt: Timestamp
    /// Recipients of a mail that have it already.
    var reached: Set<String> = []
  }

  /// What is due for a channel, noted as under way before it is given. Nil where nothing is.
  func next(_ channel: NotificationChannel, at now: Timestamp) async throws -> Parcel? {
    try await database.write { database in
      guard
        let first = try Row.fetchOne(
          database,
          sql: """
            SELECT number, alert, is_gathered, attempts, taken_at, parcel, reached FROM deliveries
            WHERE channel = ? AND state = 'waiting' AND due_at <= ? ORDER BY due_at, number LIMIT 1
            """, arguments: [channel.name, now.milliseconds])
      else { return nil }
      var rows = [first]
      if let parcel: String = first["parcel"] {
        // What was sent in one is sent again in one, under the same id.
        rows = try Row.fetchAll(
          database,
          sql: """
            SELECT number, alert, is_gathered, attempts, taken_at, parcel, reached FROM deliveries
            WHERE channel = ? AND state = 'waiting' AND parcel = ? ORDER BY number
            """, arguments: [channel.name, parcel])
      } else if first["is_gathered"] {
        rows = try Row.fetchAll(
          database,
          sql: """
            SELECT number, alert, is_gathered, attempts, taken_at, parcel, reached FROM deliveries
            WHERE channel = ? AND state = 'waiting' AND is_gathered AND parcel IS NULL AND due_at <= ?
            ORDER BY number LIMIT ?
            """, arguments: [channel.name, now.milliseconds, Self.mostTogether])
      }
      let id = (first["parcel"] as String?) ?? UUID().uuidString.lowercased()
      var parcel = Parcel(
        id: id, numbers: [], documents: [], attempts: first["attempts"],
        takenAt: Timestamp(milliseconds: first["taken_at"]),
        reached: Set((first["reached"] as String? ?? "").split(separator: "\n").map(String.init)))
      var bytes = 0
      for row in rows {
        let number: Int64 = row["number"]
        let alert: String = row["alert"]
        guard
          let document = try Data.fetchOne(
            database, sql: "SELECT document FROM alerts WHERE id = ?", arguments: [alert])
        else {
          // Somebody has taken it out of the file; it would be in the way for ever.
          try database.execute(
            sql:
              "UPDATE deliveries SET state = 'failed', cause = 'the alert is there no more', changed_at = ? WHERE number = ?",
            arguments: [now.milliseconds, number])
          continue
        }
        if !parcel.numbers.isEmpty, first["parcel"] as String? == nil, bytes + document.count > Self.mostTogetherBytes {
          break
        }
        bytes += document.count
        parcel.numbers.append(number)
        parcel.documents.append(Array(document))
        try database.execute(
          sql:
            "UPDATE deliveries SET state = 'sending', parcel = ?, attempts = attempts + 1, changed_at = ? WHERE number = ?",
          arguments: [id, now.milliseconds, number])
      }
      return parcel.numbers.isEmpty ? nil : parcel
    }
  }

  enum Result: Sendable {
    case sent
    case again(at: Timestamp, String)
    case failed(String)
    /// Nobody knows whether it arrived.
    case unknown(String)
  }

  /// - Parameters:
  ///   - reached: recipients of a mail that have it from now on, beside those that had it before.
  ///   - refused: alerts that have failed whatever became of the others, by their place in the parcel, with the cause.
  func note(
    _ parcel: Parcel, _ result: Result, reached: Set<String> = [], refused: [Int: String] = [:], at now: Timestamp
  ) async throws {
    let all = parcel.reached.union(reached).sorted().joined(separator: "\n")
    try await database.write { database in
      let (state, due, cause): (String, Timestamp?, String?) =
        switch result {
        case .sent: ("sent", nil, nil)
        case .again(let due, let cause): ("waiting", due, cause)
        case .failed(let cause): ("failed", nil, cause)
        case .unknown(let cause): ("unknown", nil, cause)
        }
      for (place, number) in parcel.numbers.enumerated() {
        let failure = refused[place]
        try database.execute(
          sql: """
            UPDATE deliveries SET state = ?, due_at = coalesce(?, due_at), cause = ?, changed_at = ?, reached = ? WHERE number = ?
            """,
          arguments: [
            failure == nil ? state : "failed", failure == nil ? due?.milliseconds : nil, (failure ?? cause)?.cut(500),
            now.milliseconds, all.isEmpty ? nil : all, number,
          ])
      }
      // A document goes with the last delivery that needs it.
      for number in parcel.numbers {
        try database.execute(
          sql: """
            DELETE FROM alerts WHERE id = (SELECT alert FROM deliveries WHERE number = ?)
              AND NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.alert = alerts.id AND deliveries.state <> 'sent')
            """, arguments: [number])
      }
    }
  }

  /// What was under way when the process ended: it is sent again, or held, as its channel says. What waits for a channel that there is no more
  /// has failed. Gives how many are held now, and how many have lost their channel, by channel.
  func recover(
    _ channels: [NotificationChannel], at now: Timestamp
  ) async throws -> (held: [String: Int], lost: [String: Int]) {
    try await database.write { database in
      var held: [String: Int] = [:]
      for channel in channels {
        try database.execute(
          sql: "UPDATE deliveries SET state = ?, cause = ?, changed_at = ? WHERE channel = ? AND state = 'sending'",
          arguments: [
            channel.resendsUnanswered ? "waiting" : "unknown", "the process ended while it was sent", now.milliseconds,
            channel.name,
          ])
        if !channel.resendsUnanswered, database.changesCount > 0 { held[channel.name] = database.changesCount }
      }
      var lost: [String: Int] = [:]
      let names = Set(channels.map(\.name))
      let waiting = try String.fetchAll(
        database, sql: "SELECT DISTINCT channel FROM deliveries WHERE state IN ('waiting', 'sending')")
      for name in waiting where !names.contains(name) {
        try database.execute(
          sql: """
            UPDATE deliveries SET state = 'failed', cause = 'there is no such channel any more', changed_at = ?
            WHERE channel = ? AND state IN ('waiting', 'sending')
            """, arguments: [now.milliseconds, name])
        lost[name] = database.changesCount
      }
      return (held, lost)
    }
  }

  /// Forgets what is long done, and the documents that nothing waits for.
  public func tidy(at now: Timestamp) async throws {
    try await database.write { database in
      try database.execute(
        sql: "DELETE FROM deliveries WHERE state IN ('sent', 'failed', 'unknown') AND changed_at < ?",
        arguments: [now.milliseconds - Self.kept])
      try Self.forget(database)
    }
  }

  private static func forget(_ database: Database) throws {
    try database.execute(
      sql: """
        DELETE FROM alerts WHERE NOT EXISTS
          (SELECT 1 FROM deliveries WHERE deliveries.alert = alerts.id AND deliveries.state <> 'sent')
        """)
  }

  // MARK: Looking

  /// How many deliveries of each channel are in each state.
  public func counts() async throws -> [String: [String: Int]] {
    try await database.read { database in
      var counts: [String: [String: Int]] = [:]
      for row in try Row.fetchAll(
        database, sql: "SELECT channel, state, count(*) AS n FROM deliveries GROUP BY channel, state")
      {
        counts[row["channel"], default: [:]][row["state"]] = row["n"]
      }
      return counts
    }
  }

  /// How many deliveries of each channel wait, or are being sent, and how many are held. Looks at those alone, and not at all that were sent, which
  /// may be a million: it is asked every few seconds.
  func open() async throws -> [String: (waiting: Int, held: Int)] {
    try await database.read { database in
      var open: [String: (waiting: Int, held: Int)] = [:]
      for row in try Row.fetchAll(
        database,
        sql: """
          SELECT channel, state, count(*) AS n FROM deliveries INDEXED BY deliveries_changed
          WHERE state IN ('waiting', 'sending', 'unknown') GROUP BY channel, state
          """)
      {
        let (channel, count): (String, Int) = (row["channel"], row["n"])
        if row["state"] == "unknown" {
          open[channel, default: (0, 0)].held += count
        } else {
          open[channel, default: (0, 0)].waiting += count
        }
      }
      return open
    }
  }

  /// Why what a channel tried last did not arrive; nil where it did, or where nothing was tried.
  func trouble(_ channel: String) async throws -> String? {
    try await database.read { database in
      var last = try Row.fetchOne(
        database,
        sql: """
          SELECT state, cause, parcel, changed_at FROM deliveries
          WHERE channel = ? AND parcel IS NOT NULL
            AND (state IN ('sent', 'failed', 'unknown') OR state = 'waiting' AND attempts > 0)
          ORDER BY changed_at DESC, number DESC LIMIT 1
          """, arguments: [channel])
      if let sent = last, sent["state"] == "sent" {
        // Of an export some may be refused while the others have arrived.
        last = try Row.fetchOne(
          database,
          sql: """
            SELECT state, cause FROM deliveries WHERE state = 'failed' AND changed_at = ? AND channel = ? AND parcel = ?
            ORDER BY number LIMIT 1
            """, arguments: [sent["changed_at"] as Int64?, channel, sent["parcel"] as String?])
      }
      guard let last, let state: String = last["state"], state != "sent" else { return nil }
      let what =
        switch state {
        case "unknown": "it is not known whether a message arrived"
        case "failed": "a message could not be sent, or was refused"
        default: "a message could not be sent"
        }
      return "\(what): \((last["cause"] as String?) ?? state) (martlet notify status)"
    }
  }

  /// What a state is called to people: what the file calls `unknown` is *held* in the log, in metrics and in the documentation.
  public static func word(of state: String) -> String { state == "unknown" ? "held" : state }

  /// A delivery as it stands.
  public struct Delivery: Sendable, Equatable {
    public var alert: String
    public var channel: String
    /// `waiting`, `sending`, `sent`, `failed` or `unknown`; people read its `word`.
    public var state: String
    public var attempts: Int
    public var changedAt: Timestamp
    public var cause: String?
  }

  /// Deliveries in a state, the latest first.
  public func deliveries(_ state: String? = nil, limit: Int = 1000) async throws -> [Delivery] {
    try await database.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM deliveries WHERE (?1 IS NULL OR state = ?1) ORDER BY changed_at DESC, number DESC LIMIT ?2
          """, arguments: [state, limit]
      ).map { row in
        Delivery(
          alert: row["alert"], channel: row["channel"], state: row["state"], attempts: row["attempts"],
          changedAt: Timestamp(milliseconds: row["changed_at"]), cause: row["cause"])
      }
    }
  }

  /// Puts what failed, or is held, into the queue again, on somebody's word. Gives how many.
  public func again(_ channel: String, at now: Timestamp) async throws -> Int {
    try await database.write { database in
      try database.execute(
        sql: """
          UPDATE deliveries SET state = 'waiting', attempts = 0, due_at = ?1, taken_at = ?1, changed_at = ?1
          WHERE channel = ?2 AND state IN ('failed', 'unknown')
          """, arguments: [now.milliseconds, channel])
      return database.changesCount
    }
  }
}
