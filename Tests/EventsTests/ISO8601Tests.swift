import Events
import Foundation
import TestSupport
import Testing

@Suite("ISO 8601")
struct ISO8601Tests {
  @Test(
    "Text that names an instant is read",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2024-08-01T13:29:57Z", 1_722_518_997_000),
      ("2024-08-01T13:29:57.1Z", 1_722_518_997_100), ("2024-08-01T13:29:57.12Z", 1_722_518_997_120),
      ("2024-08-01T13:29:57.123Z", 1_722_518_997_123),
      ("2024-08-01T13:29:57.123999999999999999999Z", 1_722_518_997_123),
      ("2024-08-01T13:29:57,5Z", 1_722_518_997_500), ("2024-08-01T15:29:57+02:00", 1_722_518_997_000),
      ("2024-08-01T15:29:57+0200", 1_722_518_997_000), ("2024-08-01T15:29:57+02", 1_722_518_997_000),
      ("2024-08-01T07:59:57-05:30", 1_722_518_997_000), ("2024-08-01t13:29:57z", 1_722_518_997_000),
      ("2024-08-01T13:29:57", 1_722_518_997_000), ("2024-08-01T13:29:57.25", 1_722_518_997_250),
      ("1969-12-31T23:59:59.999Z", -1), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
      ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ] as [(String, Int64)])
  func reads(_ text: String, _ milliseconds: Int64) {
    #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    let bytes = Array(text.utf8)
    #expect(bytes.withUnsafeBytes { Timestamp(iso8601: $0) }?.milliseconds == milliseconds)
    #expect(Timestamp(iso8601: "x\(text)".dropFirst())?.milliseconds == milliseconds)
  }

  @Test(
    "Text that names no instant is refused",
    arguments: [
      "", "now", "2024", "2024-08-01", "2024-08-01T13:29", "2024-08-01T13:29:5", "2024-08-01T13:29:57ZZ",
      "2024-08-01T13:29:57.Z", "2024-08-01T13:29:57.", "2024-08-01 13:29:57Z", "2024-13-01T13:29:57Z",
      "2024-00-01T13:29:57Z", "2024-04-31T13:29:57Z", "2023-02-29T13:29:57Z", "1900-02-29T13:29:57Z",
      "2024-08-00T13:29:57Z", "2024-08-01T24:00:00Z", "2024-08-01T13:60:57Z", "2024-08-01T13:29:60Z",
      "0000-01-01T00:00:00Z", "2024-08-01T13:29:57+", "2024-08-01T13:29:57+2", "2024-08-01T13:29:57+02:0",
      "2024-08-01T13:29:57+02:60", "2024-08-01T13:29:57+19:00", "2024-08-01T13:29:57+02-00",
      "2024-08-01T13:29:57*02:00",
      "+024-08-01T13:29:57Z", "2024-08-01T13:29:57Z ", " 2024-08-01T13:29:57Z", "２024-08-01T13:29:57Z",
      "2024/08/01T13:29:57Z", "2024-08-01T13.29.57Z", "2024-08-01T1/:29:57Z", "2024-08-01T13:29:57é",
    ])
  func refuses(_ text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test("What is written is what Foundation writes, and is read again")
  func agreesWithFoundation() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("random instants, seed \(seed)")
    var random = SeededRandom(seed: seed)
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    for _ in 0..<20_000 {
      // Foundation's calendar is Julian before 1582.
      let instant = Timestamp(milliseconds: Int64.random(in: -12_219_292_800_000...253_402_300_799_999, using: &random))
      let text = instant.iso8601
      #expect(Timestamp(iso8601: text) == instant)
      let seconds = Timestamp(milliseconds: instant.milliseconds - (instant.milliseconds % 1000 + 1000) % 1000)
      let date = Date(timeIntervalSince1970: Double(seconds.milliseconds) / 1000)
      #expect(seconds.iso8601 == date.formatted(style), "seed \(seed)")
      #expect(try style.parse(seconds.iso8601) == date, "seed \(seed)")
    }
  }

  @Test("Years beyond four digits are written with their sign")
  func farYears() {
    #expect(Timestamp(milliseconds: 253_402_300_800_000).iso8601 == "+10000-01-01T00:00:00.000Z")
    #expect(Timestamp(milliseconds: -62_167_219_200_001).iso8601 == "-0001-12-31T23:59:59.999Z")
    #expect(Timestamp(milliseconds: .min).iso8601 == "-292275055-05-16T16:47:04.192Z")
  }

  @Test("Random bytes and random mutations never crash, and what is accepted names a real instant")
  func hostile() {
    let seed = UInt64.random(in: .min ... .max)
    print("random mutations, seed \(seed)")
    var random = SeededRandom(seed: seed)
    let valid = Array("2024-08-01T13:29:57.123456+02:00".utf8)
    for _ in 0..<100_000 {
      var bytes = valid
      for _ in 0...Int.random(in: 0...3, using: &random) {
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0x2B...0x3A, using: &random)
        default: bytes = Array(bytes.prefix(Int.random(in: 1...bytes.count, using: &random)))
        }
      }
      guard let instant = bytes.withUnsafeBufferPointer({ Timestamp(iso8601: $0) }) else { continue }
      #expect(Timestamp(iso8601: instant.iso8601) == instant || !(0...9999 ~= CivilTime(instant).year), "seed \(seed)")
    }
  }
}
