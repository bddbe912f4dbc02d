import CloudTrail
import Events

/// Records of calls that may have opened sessions, as they stand, with hashes of the keys and sessions that they gave out:
/// most are never asked for, and holding one costs a fraction of reading it. One worker's own.
struct HeldOpenings: Sendable {
  private var records = KeptRecords()
  /// A hash of a key or a session, and the record that gave it out.
  private(set) var issued: [(hash: UInt64, number: UInt32)] = []

  private static let keyName = TextPiece(Array("accessKeyId\"".utf8))
  private static let arnName = TextPiece(Array("arn\"".utf8))
  private static let sessionNames = ["assumedRoleUser", "federatedUser"].map { TextPiece(Array($0.utf8)) }

  /// Holds a record of CloudTrail; false where its text does not tell what it gave out, so that it has to be read.
  ///
  /// Throws `SpillError` where it finds no room.
  mutating func hold(_ row: RecordRow) throws -> Bool {
    guard !row.mayBeEscaped || !RawCondition.isEscaped(row.text) else { return false }
    let start = issued.count
    let text = row.parametersText
    // Both names stand in the response, and whatever else is called so does no harm.
    guard note(Self.keyName, in: text) else {
      issued.removeSubrange(start...)
      return false
    }
    for name in Self.sessionNames {
      guard let place = name.first(in: text) else { continue }
      guard note(Self.arnName, in: UnsafeBufferPointer(rebasing: text[place...])) else {
        issued.removeSubrange(start...)
        return false
      }
    }
    guard issued.count > start else { return true }
    let number = try records.keep(row)
    for at in start..<issued.count { issued[at].number = number }
    return true
  }

  /// Notes the texts that members of a name have; false where one is no text.
  private mutating func note(_ name: TextPiece, in text: UnsafeBufferPointer<UInt8>) -> Bool {
    var from = 0
    while let place = name.first(in: UnsafeBufferPointer(rebasing: text[from...])) {
      var at = from + place + name.bytes.count
      from = at
      func skipSpace() { while at < text.count, text[at] <= 0x20 { at += 1 } }
      skipSpace()
      // What is no member's name is a text that ends so.
      guard at < text.count, text[at] == UInt8(ascii: ":") else { continue }
      at += 1
      skipSpace()
      guard at < text.count, text[at] == UInt8(ascii: "\"") else { return false }
      let start = at + 1
      guard let end = text[start...].firstIndex(of: UInt8(ascii: "\"")) else { return false }
      issued.append((Self.hash(text[start..<end]), 0))
    }
    return true
  }

  /// FNV-1a; two texts of one hash only make one record more to read.
  static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// Calls `body` with a record that is held.
  func withRow<Result>(_ number: UInt32, _ body: (RecordRow) throws -> Result) throws -> Result {
    try records.withRow(number, body)
  }
}
