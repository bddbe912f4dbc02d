import CloudTrail
import Events

/// A record's text by itself, with what was known of it.
struct FoundRecord: Sendable {
  private let bytes: [UInt8]
  private let kind: RecordKind
  private let time: Timestamp
  private let id: EventID
  let isAlert: Bool
  /// True when the record itself is known by the id that was looked for, false when it only names it.
  private let isExact: Bool

  init(_ row: RecordRow, isExact: Bool) {
    self.isExact = isExact
    bytes = Array(row.text) + [UInt8](repeating: 0, count: 64)
    kind = row.kind
    time = row.time
    id = row.id
    isAlert = row.isAlert
  }

  func withRow<Result>(_ body: (RecordRow) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("a record's text is not empty") }
      var row = RecordRow(start: start, length: bytes.count - 64, kind: kind, time: time, id: id)
      row.isAlert = isAlert
      return try body(row)
    }
  }

  /// Of several records of one id the exact one comes first, then events before the alerts on them, then the earliest: never the
  /// one that was read first.
  static func precedes(_ left: FoundRecord, _ right: FoundRecord) -> Bool {
    if left.isExact != right.isExact { return left.isExact }
    if left.isAlert != right.isAlert { return right.isAlert }
    if left.time != right.time { return left.time < right.time }
    return left.id != right.id ? left.id < right.id : left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}
