import Events
import Foundation
import GRDB
import JSON

extension AlertStore {
  /// An alert that an execution made.
  public struct Made: Sendable {
    public var id: String
    public var ruleID: String
    /// When the execution was scheduled.
    public var tick: Timestamp
    public var document: [UInt8]
    /// True for one that others are put together of: it is kept and not counted.
    public var isBuildingBlock: Bool

    public init(id: String, ruleID: String, tick: Timestamp, document: [UInt8], isBuildingBlock: Bool = false) {
      self.id = id
      self.ruleID = ruleID
      self.tick = tick
      self.document = document
      self.isBuildingBlock = isBuildingBlock
    }
  }

  /// An alert that stands for more, or for less, than when it was written last.
  public struct Grown: Sendable {
    public var id: String
    public var document: [UInt8]
    /// True where that is more than later executions adding to it.
    public var isRevised: Bool

    public init(id: String, document: [UInt8], isRevised: Bool) {
      self.id = id
      self.document = document
      self.isRevised = isRevised
    }
  }

  /// The executions of one rule over a span.
  public struct Run: Equatable, Sendable {
    public enum Outcome: String, Sendable { case done, failed, skipped }

    public var ruleID: String
    /// The times between which executions were run, both included.
    public var first: Timestamp
    public var last: Timestamp
    public var executions: Int
    public var startedAt: Timestamp
    /// Milliseconds that the run took of which these executions were a part: rules are asked together, and none has a time of its own.
    public var took: Int64
    /// The times of the events that were searched, from the first execution's window to the last's; nil where that was not noted.
    public var window: ClosedRange<Timestamp>?
    /// Events of the rule's data streams that it was asked about, now or before, its history and what a segment has beside them among them.
    public var searched: Int
    /// Events of the window that met the rule's query, or of a rule on several events a part of it; nil where that was not noted.
    public var matched: Int?
    public var alerts: Int
    /// Alerts that caps left uncreated.
    public var cut: Int
    public var outcome: Outcome
    public var reason: String?
    /// What else is to be known of the executions, such as what their queries warned of; a line each. Of many, or of long ones, the
    /// first are kept.
    public var warnings: [String]
    /// What of the rule's way it covers.
    public var reach: Reach

    /// How a run stands to what of a rule is due.
    public struct Reach: Equatable, Sendable {
      /// Between the rule's last execution and these none is left out, so that the next ones that are due lie behind these.
      public var goesOn: Bool
      /// Every execution up to the last, of before too, has seen all events that there are.
      public var seesAll: Bool

      public init(goesOn: Bool, seesAll: Bool) {
        self.goesOn = goesOn
        self.seesAll = seesAll
      }

      /// That of what was due.
      public static let all = Reach(goesOn: true, seesAll: true)
    }

    public init(
      ruleID: String, first: Timestamp, last: Timestamp, executions: Int, startedAt: Timestamp, took: Int64,
      window: ClosedRange<Timestamp>? = nil, searched: Int, matched: Int? = nil,
      alerts: Int, cut: Int, outcome: Outcome = .done, reason: String? = nil,
      warnings: [String] = [], reach: Reach = .all
    ) {
      self.reach = reach
      self.ruleID = ruleID
      self.first = first
      self.last = last
      self.executions = executions
      self.startedAt = startedAt
      self.took = took
      self.window = window
      self.matched = matched
      self.searched = searched
      self.alerts = alerts
      self.cut = cut
      self.outcome = outcome
      self.reason = reason
      self.warnings = warnings
    }

    /// Warnings of one entry of the log, and the characters of one.
    static let mostWarnings = 20
    static let longestWarning = 1000

    /// The warnings as they are kept; nil where there are none.
    var warningText: String? {
      guard !warnings.isEmpty else { return nil }
      var kept = warnings.prefix(Self.mostWarnings).map { warning -> JSONValue in
        .string(warning.count > Self.longestWarning ? "\(warning.prefix(Self.longestWarning))…" : warning)
      }
      if warnings.count > kept.count { kept.append(.string("and \(warnings.count - kept.count) more")) }
      return JSONValue.array(kept).text
    }

    static func warnings(_ text: String?) -> [String] {
      guard let text, let value = try? JSONValue(parsing: Array(text.utf8)[...]) else { return [] }
      return value.arrayValue?.compactMap(\.stringValue) ?? []
    }
  }

  /// What a run has changed.
  public struct RunOutcome: Equatable, Sendable {
    public var new = 0
    /// Alerts beside the new ones that those are put together of, which are counted nowhere else.
    public var newBlocks = 0
    /// Of the new ones, those whose executions had run before without them.
    public var late = 0
    /// Alerts that were there.
    public var known = 0
    /// Of those, the ones with other figures than before.
    public var revised = 0
    /// Alerts of earlier executions that more was folded into.
    public var grown = 0
    /// Alerts that were there and that no execution makes any longer.
    public var contradicted = 0
    /// Alerts that were damaged and are what was made again.
    public var restored = 0

    public init() {}
  }

  /// Takes over what a run over all events there are came to: the executions of rules between two times, and all alerts
  /// that they made. An alert on an event that may have been deleted is not contradicted by there being none.
  ///
  /// - Parameters:
  ///   - grown: alerts of earlier executions whose documents are others now.
  ///   - lastSegment: the last segment of events that was looked at.
  ///   - isAhead: what lies between the rules' last executions and these is run later, so that it stays due, and these too.
  ///   - partial: rules that some alerts were kept from, since they are damaged.
  ///   - sight: what the executions looked at.
  ///   - evidence: what of a document may change when events arrive late. Of its member `event` what is others now is told alone.
  ///   - grows: whether that only goes on from what it was: it is nothing to be told as former figures then.
  ///   - contradiction: what shows that an alert that is there would not have been made; nil for one that the executions could not
  ///     have made, and of which they show nothing.
  public func commit(
    _ runs: [Run], _ alerts: [Made], grown: [Grown] = [], lastSegment: Int64?, isAhead: Bool = false, at now: Timestamp,
    partial: Set<String> = [], sight: Sight = Sight(), evidence: (JSONValue) throws -> JSONValue?,
    grows: (JSONValue?, JSONValue?) -> Bool = { _, _ in false },
    contradiction: (StoredAlert) -> String?
  ) throws -> RunOutcome {
    try writing { database in
      var outcome = RunOutcome()
      // What was made of a part of the events or alerts says nothing of what is there already.
      let partial = partial.union(runs.lazy.filter { $0.outcome == .failed }.map(\.ruleID))
      let firsts = Dictionary(
        runs.lazy.filter { $0.outcome != .skipped }.map { ($0.ruleID, $0.first) }, uniquingKeysWith: min)
      let deleted = try Self.deleted(database)
      var made: Set<String> = []
      var covered = CoveredTimes(alerts)
      for alert in alerts {
        made.insert(alert.id)
        guard let known = try Row.fetchOne(database, sql: "SELECT * FROM alerts WHERE id = ?", arguments: [alert.id])
        else {
          let hasRun = try covered.contains(alert, database)
          // Executions that left something out may have been the first to look at this.
          let isLate = hasRun && !sight.narrowed.contains(alert.ruleID)
          if !alert.isBuildingBlock {
            outcome.new += 1
            if isLate { outcome.late += 1 }
          } else {
            outcome.newBlocks += 1
          }
          try database.execute(
            sql:
              "INSERT INTO alerts (id, rule_id, tick, document, checksum, made_at, late) VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
              alert.id, alert.ruleID, alert.tick.milliseconds, Data(alert.document),
              DocumentChecksum.of(alert.document),
              now.milliseconds, isLate ? max(0, now.milliseconds - alert.tick.milliseconds) : nil,
            ])
          continue
        }
        if !alert.isBuildingBlock { outcome.known += 1 }
        let isPartial = partial.contains(alert.ruleID) || !sight.saw(alert.document, of: alert.ruleID)
        // What was found with events missing may be found for their sake.
        if !isPartial {
          try database.execute(
            sql: "UPDATE alerts SET contradicted_by = NULL WHERE id = ? AND contradicted_by IS NOT NULL",
            arguments: [alert.id])
        }
        // An execution that was not run anew made it: others that see its event too have other figures. One that it makes no longer
        // is theirs.
        let tick: Int64 = known["tick"]
        let contradiction: String? = known["contradicted_by"]
        if let first = firsts[alert.ruleID], tick < first.milliseconds, isPartial || contradiction == nil { continue }
        if Self.damage(known) != nil {
          if !isPartial {
            try restore(alert, database)
            outcome.restored += 1
          }
          continue
        }
        if isKept(known, alert.ruleID, deleted, sight) { continue }
        if try revise(alert, known, database, now, evidence, grows, movesTo: alert.tick, onlyGrowing: isPartial),
          !alert.isBuildingBlock
        {
          outcome.revised += 1
        }
      }
      for alert in grown {
        guard let known = try Row.fetchOne(database, sql: "SELECT * FROM alerts WHERE id = ?", arguments: [alert.id])
        else { continue }
        if alert.isRevised {
          let (ruleID, document): (String, Data) = (known["rule_id"], known["document"])
          if partial.contains(ruleID) || !sight.saw([UInt8](document), of: ruleID) { continue }
          if isKept(known, ruleID, deleted, sight) { continue }
        }
        let changed = Made(id: alert.id, ruleID: known["rule_id"], tick: now, document: alert.document)
        if try revise(changed, known, database, now, evidence, { _, _ in !alert.isRevised }) {
          outcome.revised += 1
        } else {
          outcome.grown += 1
        }
      }
      for run in runs where run.outcome == .done && !partial.contains(run.ruleID) {
        let rows = try Row.fetchAll(
          database.cachedStatement(
            sql: "SELECT id FROM alerts WHERE rule_id = ? AND tick BETWEEN ? AND ? AND contradicted_by IS NULL"),
          arguments: [run.ruleID, run.first.milliseconds, run.last.milliseconds])
        for row in rows {
          let id: String = row[0]
          guard !made.contains(id), let alert = try Self.alert(id, database), !Self.isOnDeleted(alert, deleted),
            sight.saw(alert.made, of: run.ruleID),
            !Self.reachesDeleted(alert.made, run.ruleID, deleted, sight, withHistory: false),
            let contradiction = contradiction(alert)
          else { continue }
          if !alert.isPartOfGroup { outcome.contradicted += 1 }
          try database.execute(
            sql: "UPDATE alerts SET contradicted_by = ? WHERE id = ?", arguments: [contradiction, id])
        }
      }
      for run in runs {
        try log(run, database)
        if !isAhead { try advance(run, lastSegment, database) }
      }
      if let lastSegment, !isAhead, runs.contains(where: \.reach.seesAll) {
        try database.execute(sql: "UPDATE progress SET last_segment = max(last_segment, ?)", arguments: [lastSegment])
      }
      return outcome
    }
  }

  /// True for an alert that looked at events which may have been deleted since: its figures are what they were.
  private func isKept(_ known: Row, _ ruleID: String, _ deleted: [String: Int64], _ sight: Sight) -> Bool {
    guard !deleted.isEmpty else { return false }
    let document: Data = known["document"]
    return Self.reachesDeleted([UInt8](document), ruleID, deleted, sight, withHistory: true)
  }

  /// Gives an alert that is there its new figures, if they are others; true then. Those of executions that went by another time of
  /// events are not to be compared.
  private func revise(
    _ alert: Made, _ known: Row, _ database: Database, _ now: Timestamp, _ evidence: (JSONValue) throws -> JSONValue?,
    _ grows: (JSONValue?, JSONValue?) -> Bool, movesTo execution: Timestamp? = nil, onlyGrowing: Bool = false
  ) throws -> Bool {
    let document: Data = known["document"]
    guard document != Data(alert.document), let old = try? JSONValue(parsing: [UInt8](document)[...]),
      let new = try? JSONValue(parsing: alert.document[...])
    else { return false }
    let (before, after) = (try evidence(old), try evidence(new))
    guard before?["field"] == after?["field"] else { return false }
    let tick: Int64 = known["tick"]
    // It is the first execution's that makes it, by which others that see the same are told from it.
    let moved = onlyGrowing ? tick : execution?.milliseconds ?? tick
    guard before != after || moved != tick else { return false }
    if before == after || grows(before, after) {
      try database.execute(
        sql: "UPDATE alerts SET document = ?, checksum = ?, tick = ? WHERE id = ?",
        arguments: [Data(alert.document), DocumentChecksum.of(alert.document), moved, alert.id])
      return false
    }
    guard !onlyGrowing else { return false }
    let text: String? = known["revised"]
    var revised = text.flatMap { try? JSONValue(parsing: $0) }?.arrayValue ?? []
    revised.append(["until": .string(now.iso8601), "evidence": Self.former(before, after) ?? .null])
    try database.execute(
      sql: "UPDATE alerts SET document = ?, checksum = ?, revised = ?, tick = ? WHERE id = ?",
      arguments: [
        Data(alert.document), DocumentChecksum.of(alert.document), JSONValue.array(Self.bounded(revised)).text, moved,
        alert.id,
      ])
    return true
  }

  /// Former figures as they are told: of what was said of the event the part that is others now.
  private static func former(_ before: JSONValue?, _ after: JSONValue?) -> JSONValue? {
    guard case .object(var members)? = before, let event = members["event"] else { return before }
    members["event"] = differing(event, after?["event"])
    return .object(members)
  }

  /// What of a value is not in another one; nil where they are equal.
  private static func differing(_ value: JSONValue, _ other: JSONValue?) -> JSONValue? {
    guard value != other else { return nil }
    guard case .object(let members) = value, case .object(let others)? = other else { return value }
    return .object(
      Dictionary(
        uniqueKeysWithValues: Set(members.keys).union(others.keys).compactMap { key in
          // What was not there is told as null.
          differing(members[key] ?? .null, others[key]).map { (key, $0) }
        }))
  }

  /// Entries of former figures that an alert keeps.
  private static let mostFormer = 50

  /// The first figures and the latest, and how many between them were left out: indicators that are listed anew every hour give
  /// the alerts of two weeks other figures each time.
  private static func bounded(_ revised: [JSONValue]) -> [JSONValue] {
    guard revised.count > mostFormer else { return revised }
    let before = revised[1]["left_out"]?.integerValue
    let others = revised.dropFirst(before == nil ? 1 : 2)
    let latest = others.suffix(mostFormer - 2)
    return [revised[0], ["left_out": .integer((before ?? 0) + Int64(others.count - latest.count))]] + latest
  }

  /// Writes an alert anew whose document was damaged; what its figures were is not known, and is not told.
  private func restore(_ alert: Made, _ database: Database) throws {
    try database.execute(
      sql: "UPDATE alerts SET document = ?, checksum = ?, tick = ? WHERE id = ?",
      arguments: [Data(alert.document), DocumentChecksum.of(alert.document), alert.tick.milliseconds, alert.id])
  }

  /// An alert without notes; nil where there is none, or it is damaged.
  private static func alert(_ id: String, _ database: Database) throws -> StoredAlert? {
    guard let row = try Row.fetchOne(database, sql: "SELECT * FROM alerts WHERE id = ?", arguments: [id]),
      damage(row) == nil
    else { return nil }
    return alert(row)
  }

  // Statements that are asked of every rule are prepared once.

  private func log(_ run: Run, _ database: Database) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO runs (rule_id, first_tick, last_tick, executions, started_at, took, searched, alerts, cut, outcome, reason,
          warnings, window_from, window_to, matched)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: [
        run.ruleID, run.first.milliseconds, run.last.milliseconds, run.executions, run.startedAt.milliseconds, run.took,
        run.searched, run.alerts, run.cut, run.outcome.rawValue, run.reason, run.warningText,
        run.window?.lowerBound.milliseconds, run.window?.upperBound.milliseconds, run.matched,
      ])
  }

  /// Moves a rule on, as far as its executions lie on its way: a span of the past, or one further on, leaves due what is due.
  private func advance(_ run: Run, _ lastSegment: Int64?, _ database: Database) throws {
    // What failed is due again.
    guard run.outcome != .failed else { return }
    guard let state = try Self.states(of: [run.ruleID], database)[run.ruleID] else {
      try database.cachedStatement(sql: "INSERT INTO rule_states (rule_id, since, last_tick) VALUES (?, ?, ?)")
        .execute(arguments: [run.ruleID, run.first.milliseconds, run.last.milliseconds])
      return try advance(run, to: nil, lastSegment, database)
    }
    try advance(run, to: run.reach.goesOn && run.last >= state.place ? run.last : nil, lastSegment, database)
  }

  private func advance(_ run: Run, to last: Timestamp?, _ lastSegment: Int64?, _ database: Database) throws {
    let segment = run.outcome == .done && run.reach.seesAll ? lastSegment : nil
    guard last != nil || segment != nil else { return }
    try database.cachedStatement(
      sql: """
        UPDATE rule_states SET last_tick = ifnull(?, last_tick), last_segment = max(last_segment, ifnull(?, 0))
          WHERE rule_id = ?
        """
    ).execute(arguments: [last?.milliseconds, segment, run.ruleID])
  }

  /// Stands for all that rules are made of: another where a rule, a switch, an exception, a list or a mapping has changed.
  public func rulesMark() throws -> String {
    try reading { database in
      let documents = try Int64.fetchOne(database, sql: "SELECT max(number) FROM documents WHERE kind <> 'retention'")
      let switches = try Row.fetchOne(
        database, sql: "SELECT count(*), ifnull(sum(is_enabled), 0), ifnull(max(at), 0) FROM rule_switches")
      let counts: [Int64] = switches.map { [$0[0], $0[1], $0[2]] } ?? []
      return "\(documents ?? 0) \(counts)"
    }
  }

  /// The last segment of events that a run of what was due has looked at; 0 before the first.
  public func lastSegment() throws -> Int64 {
    try reading { try Int64.fetchOne($0, sql: "SELECT last_segment FROM progress") ?? 0 }
  }

}
