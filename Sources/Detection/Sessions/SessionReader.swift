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
    let opens =
      [false]
      + (1..<max(1, action.dictionary.count + 1)).map { code in
        action.dictionary.withValue(UInt32(code)) { value in
          Self.openings.contains { $0.elementsEqual(value.bytes) }
        }
      }
    let switches = opens.indices.map { code in
      opens[code]
        && action.dictionary.withValue(UInt32(code)) { $0.bytes.elementsEqual("SwitchRole".utf8) }
    }
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
    mapper.forEachBatch(of: batch, rows: chosen, groups: groups) { note(batch, $0, $1, into: &log) }
  }

  /// Notes the session that one record opened.
  func read(_ row: RecordRow, into log: inout SessionLog) {
    let batch = RecordBatch(leanFields: [], rows: [row])
    mapper.forEachBatch(of: batch, rows: [0], groups: [Self.groups]) { note(batch, $0, $1, into: &log) }
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

  private func note(_ batch: RecordBatch, _ events: EventBatch, _ rows: [Int], into log: inout SessionLog) {
    func column(_ path: String) -> Column {
      guard let place = place[path] else { preconditionFailure("every field of sessions is planned") }
      return events.columns[place]
    }
    func text(_ path: String, _ row: Int) -> String? {
      let column = column(path)
      return column.codes(row: row).first.map { column.dictionary.text($0) }
    }
    for (row, at) in rows.enumerated() {
      guard let action = text(SessionField.action, row), SessionField.openings.contains(action),
        text(SessionField.outcome, row) != "failure", batch.rows[at].ownTime != nil
      else { continue }
      let record = batch.rows[at]
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
          time: record.time.milliseconds, id: record.id, eventID: code(text(SessionField.id, row)),
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
