import CloudTrail
import Events
import Query

/// Reads out of events which sessions they opened. One worker's own.
final class SessionReader {
  private let mapper: EventMapper
  private let place: [String: Int]
  /// What the text of a document holds whose action opens a session: the action's name, as it stands or escaped. Names that
  /// begin with another are found with it.
  private static let pieces =
    (SessionField.openings.filter { name in
      !SessionField.openings.contains { $0 != name && name.hasPrefix($0) }
    }.sorted() + ["\\u"]).map { TextPiece(Array($0.utf8)) }
  private static let openings = SessionField.openings.map { Array($0.utf8) }
  private static let groups: FieldGroup = SessionField.all.reduce([.plain, .identity]) { $0.union(.needed(for: $1)) }

  /// Whether records are held as they stand where that is possible.
  private let holds: Bool

  init(_ context: EventContext, catalog: FieldCatalog, holds: Bool = true) {
    self.holds = holds
    var fields = FieldPlan(paths: [])
    var place: [String: Int] = [:]
    for path in SessionField.all { place[path] = fields.insert(path) }
    self.place = place
    mapper = EventMapper(fields, context: context, flattenedRoots: catalog.flattenedRoots)
  }

  /// Notes the sessions that some events of a batch opened; `action` is the batch's lean column of actions.
  func read(_ batch: RecordBatch, action: Column, into log: inout SessionLog) {
    let opens = Self.codes(of: action) { value in Self.openings.contains { $0.elementsEqual(value) } }
    let switches = Self.codes(of: action) { $0.elementsEqual("SwitchRole".utf8) }
    var rows = Bitmap(count: batch.rows.count)
    if opens.contains(true) { action.mark(opens, in: &rows) }
    for (at, row) in batch.rows.enumerated() where row.kind == .ecs && !row.isAlert {
      // Of documents nothing is known yet but their text.
      if Self.pieces.contains(where: { $0.stands(in: row.text) }) { rows.insert(at) }
    }
    guard !rows.isEmpty else { return }
    var chosen: [Int] = []
    rows.forEach { at in
      switch batch.rows[at].kind {
      case .digest: break
      case .ecs: chosen.append(at)
      case .cloudTrail:
        // A switch of roles tells its session in another place.
        let isSwitch = action.codes(row: at).contains { switches[Int($0)] }
        if isSwitch || !holds || !log.hold(batch.rows[at]) { chosen.append(at) }
      }
    }
    guard !chosen.isEmpty else { return }
    let groups = [FieldGroup](repeating: Self.groups, count: chosen.count)
    mapper.forEachBatch(of: batch, rows: chosen, groups: groups) { events, _ in
      note(events, Array(0..<events.rowCount), into: &log)
    }
  }

  /// Notes the session that one record opened.
  func read(_ row: RecordRow, into log: inout SessionLog) {
    let batch = RecordBatch(leanFields: [], rows: [row])
    mapper.forEachBatch(of: batch, rows: [0], groups: [Self.groups]) { events, _ in
      note(events, Array(0..<events.rowCount), into: &log)
    }
  }

  /// Hashes of the key and the session with which each of some events was made.
  func uses(of row: RecordRow) -> [UInt64] {
    let batch = RecordBatch(leanFields: [], rows: [row])
    var hashes: [UInt64] = []
    mapper.forEachBatch(of: batch, rows: [0], groups: [[.plain, .identity]]) { events, rows in
      for path in [SessionField.accessKey, SessionField.arn] {
        guard let place = place[path], let code = events.columns[place].codes(row: 0).first else { continue }
        hashes.append(events.columns[place].dictionary.withValue(code) { HeldOpenings.hash($0.bytes) })
      }
    }
    return hashes
  }

  /// The fields that `read` asks of events that are in columns already.
  static let fields = FieldPlan(paths: SessionField.all)

  /// The rows of events that may have opened sessions; the batch has the columns of `fields`, and no alerts.
  ///
  /// - Parameter wanted: hashes of the keys and sessions of which it matters who opened them.
  static func rows(of events: EventBatch, opening wanted: Set<UInt64>) -> [Int] {
    guard let action = events.column(SessionField.action) else { return [] }
    var opened = Bitmap(count: events.rowCount)
    let places = [SessionField.issuedKey, SessionField.assumedRole, SessionField.federatedUser]
    for path in places {
      guard let column = events.column(path) else { continue }
      let isWanted = codes(of: column) { wanted.contains(HeldOpenings.hash($0)) }
      if isWanted.contains(true) { column.mark(isWanted, in: &opened) }
    }
    var rows: [Int] = []
    opened.forEach { rows.append($0) }
    // A switch of roles is told by the session that the event itself was made in.
    let switches = codes(of: action) { $0.elementsEqual("SwitchRole".utf8) }
    if switches.contains(true) {
      var switched = Bitmap(count: events.rowCount)
      action.mark(switches, in: &switched)
      switched.forEach { if !opened.contains($0) { rows.append($0) } }
    }
    return rows.sorted()
  }

  /// Notes the sessions that some rows of a batch opened, which has heads and the columns of `fields`.
  func read(_ events: EventBatch, rows: [Int], into log: inout SessionLog) { note(events, rows, into: &log) }

  /// Of which codes of a column the value passes a test.
  private static func codes(of column: Column, _ passes: (UnsafeBufferPointer<UInt8>) -> Bool) -> [Bool] {
    [false]
      + (1..<max(1, column.dictionary.count + 1)).map { code in
        column.dictionary.withValue(UInt32(code)) { passes($0.bytes) }
      }
  }

  private func note(_ events: EventBatch, _ rows: [Int], into log: inout SessionLog) {
    func column(_ path: String) -> Column {
      guard let column = events.column(path) else { preconditionFailure("every field of sessions is planned") }
      return column
    }
    func text(_ path: String, _ row: Int) -> String? {
      let column = column(path)
      return column.codes(row: row).first.map { column.dictionary.text($0) }
    }
    for row in rows {
      guard let action = text(SessionField.action, row), SessionField.openings.contains(action),
        text(SessionField.outcome, row) != "failure", events.heads[row].time != .missing
      else { continue }
      let head = events.heads[row]
      let isSwitch = action == "SwitchRole"
      let opener = text(isSwitch ? SessionField.switchedFrom : SessionField.arn, row)
      let issuedKey = isSwitch ? nil : text(SessionField.issuedKey, row)
      // A switch of roles is told by the session it leads to.
      let session =
        isSwitch
        ? text(SessionField.arn, row)
        : text(SessionField.assumedRole, row) ?? text(SessionField.federatedUser, row)
      guard issuedKey != nil || session != nil, !isSwitch || opener != nil else { continue }
      log.add { texts in
        func code(_ text: String?) -> UInt32 {
          guard let text else { return 0 }
          return Array(text.utf8).withUnsafeBufferPointer { texts.insert(Scalar(.string, $0)) }
        }
        return SessionOpening(
          time: head.time.milliseconds, id: head.identity.id, eventID: code(text(SessionField.id, row)),
          action: code(action), issuedKey: code(issuedKey), session: code(session),
          type: code(isSwitch ? opener.flatMap(Self.type) : text(SessionField.type, row)), arn: code(opener),
          name: code(
            isSwitch
              ? opener.map(Self.name)
              : text(SessionField.name, row) ?? text(SessionField.invokedBy, row) ?? text(SessionField.principal, row)),
          accessKey: code(isSwitch ? nil : text(SessionField.accessKey, row)),
          created: isSwitch
            ? nil : text(SessionField.created, row).flatMap { Timestamp(iso8601: $0)?.milliseconds })
      }
    }
  }

  /// What kind of identity an ARN names; nil where it does not tell.
  private static func type(_ arn: String) -> String? {
    switch arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).last?.prefix(while: { $0 != "/" })
    {
    case "user": "IAMUser"
    case "root": "Root"
    case "assumed-role": "AssumedRole"
    case "federated-user": "FederatedUser"
    default: nil
    }
  }

  /// The last part of an ARN.
  private static func name(_ arn: String) -> String {
    String(arn[(arn.lastIndex { $0 == "/" || $0 == ":" }.map(arn.index(after:)) ?? arn.startIndex)...])
  }
}
