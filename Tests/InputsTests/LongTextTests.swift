import CloudTrail
import Foundation
import JSON
import TestSupport
import Testing

@testable import Inputs

struct LongTextTests {
  /// Gives its bytes in small helpings.
  private final class DripSource: ByteSource {
    private let bytes: [UInt8]
    private let largest: Int
    private(set) var bytesTaken = 0
    private var random: SeededRandom

    init(_ bytes: [UInt8], largest: Int) {
      self.bytes = bytes
      self.largest = largest
      random = SeededRandom(seed: UInt64(bytes.count))
    }

    func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) -> Int {
      let count = min(capacity, bytes.count - bytesTaken, Int.random(in: 1...largest, using: &random))
      bytes.withUnsafeBufferPointer { start.update(from: $0.baseAddress! + bytesTaken, count: count) }
      bytesTaken += count
      return count
    }
  }

  private static let seeds = [UInt64.random(in: 0...UInt64.max), 1]

  private struct Scan: Equatable {
    var ids: [UInt64] = []
    var problems: [String] = []
    var records = 0

    init(_ scanner: RecordScanner) {
      let all = scanner.problems.problems
      problems = all.map { "\($0.cause.rawValue) record \($0.record ?? 0) byte \($0.offset ?? -1) × \($0.count)" }
    }
  }

  /// The text scanned as a whole, and in pieces.
  private func scan(_ bytes: [UInt8], largest: Int) -> (whole: Scan, pieces: Scan) {
    let scanner = RecordScanner(leanFields: [], registry: EventRegistry())
    let padded = bytes + [UInt8](repeating: 0, count: 64)
    var ids: [UInt64] = []
    padded.withUnsafeBufferPointer {
      scanner.beginBatch()
      scanner.scan(UnsafeBufferPointer(rebasing: $0[..<bytes.count]), of: TextRegion(file: "f"))
      scanner.finishBatch()
      ids = scanner.batch.rows.map(\.id.low)
    }
    var whole = Scan(scanner)
    whole.ids = ids
    whole.records = scanner.batch.recordsRead
    let second = RecordScanner(leanFields: [], registry: EventRegistry())
    let buffer = TextBuffer(capacity: 1)
    let stream = TextStream(DripSource(bytes, largest: largest), TextRegion(file: "f"), sizes: ReadingSizes())
    ids = []
    var records = 0
    while let (region, piece) = stream.next(into: buffer) {
      second.beginBatch()
      second.scan(piece, of: region)
      second.finishBatch()
      ids += second.batch.rows.map(\.id.low)
      records += second.batch.recordsRead
    }
    if let problem = stream.problem { second.note(problem) }
    var pieces = Scan(second)
    pieces.ids = ids
    pieces.records = records
    return (whole, pieces)
  }

  private struct Maker {
    var random: SeededRandom
    var number = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func space() -> String { ["", "", " ", "\n", " \r\n\t"].randomElement(using: &random)! }

    mutating func value(_ depth: Int) -> String {
      switch Int.random(in: 0...(depth > 0 ? 7 : 4), using: &random) {
      case 0: return "-1.5e3"
      case 1: return ["true", "null"].randomElement(using: &random)!
      case 2: return #""Records""#
      case 3: return #""a\\\"]}[{:,""#
      case 4: return #""é\u00e9\\""#
      case 5: return "[" + (0..<2).map { _ in value(depth - 1) }.joined(separator: ",") + "]"
      case 6: return #"{"Records":["# + value(depth - 1) + "]}"
      default: return #"{"k":"# + space() + value(depth - 1) + space() + #","Events":"# + value(depth - 1) + "}"
      }
    }

    mutating func record() -> String {
      number += 1
      var members = [
        #""eventTime":"2026-01-01T00:00:00Z""#, #""eventID":"\#(Record.id(number))""#, #""x":\#(value(3))"#,
        #""Y":\#(space())\#(value(2))"#,
      ]
      members.shuffle(using: &random)
      return "{" + space() + members.joined(separator: "," + space()) + space() + "}"
    }

    mutating func text() -> String {
      let records = (0..<Int.random(in: 0...8, using: &random)).map { _ in record() }
      let list = "[" + records.joined(separator: space() + "," + space()) + space() + "]"
      func quoted(_ text: String) -> String { JSONValue.string(text).text }
      switch Int.random(in: 0..<15, using: &random) {
      case 6:
        let pages = (0..<3).map { _ in
          let inner = (0..<2).map { _ in record() }.joined(separator: ",")
          return #"{"a":"# + value(1) + #","Records":["# + inner + #"],"b":"# + value(1) + "}"
        }
        return "[" + pages.joined(separator: space() + ",") + "]"
      case 7: return "[" + records.map(quoted).joined(separator: "," + space()) + "]"
      case 8: return records.map(quoted).joined(separator: "\n")
      case 9:
        let hits = records.map { #"{"_index":"i","_source":"# + $0 + "}" }.joined(separator: "," + space())
        return #"{"took":1,"_shards":{"total":1},"hits":{"total":{"value":2},"max_score":1,"hits":["# + hits
          + #"]},"aggregations":{"hits":[1]}}"#
      case 10:
        let events = records.map { #"{"logStreamName":"s","message":"# + quoted($0) + "}" }
        return #"{"events":["# + events.joined(separator: ",") + #"],"searchedLogStreams":[]}"#
      case 11:
        let rows = records.map { #"[{"eventJson":"# + quoted($0) + #"},{"eventTime":"2026-01-01"}]"# }
        return #"{"QueryStatus":"FINISHED","QueryResultRows":["# + rows.joined(separator: "," + space()) + "]}"
      case 12: return records.map { #"{"preview":false,"result":{"_raw":"# + quoted($0) + "}}" }.joined(separator: "\n")
      case 13:
        let pages = records.map { #"{"CloudTrailEvent":"# + quoted($0) + "}" }.joined(separator: ",")
        return #"[{"Events":["# + pages + #"]},{"Events":[],"NextToken":null}]"#
      case 14: return #"{"Records":"# + list + #","x":1,"Records":["# + record() + "]}"
      case 0: return space() + #"{"Records":"# + space() + list + "}" + space()
      case 1: return #"{"a":"# + value(2) + #","Records":"# + list + #","b":"# + value(2) + "}"
      case 2: return list
      case 3: return records.joined(separator: "\n")
      case 4: return records.joined(separator: space())
      default:
        let events = records.map { record in
          let text = JSONValue.string(record).text.dropFirst().dropLast()
          return #"{"EventId":"x","CloudTrailEvent":"\#(text)"}"#
        }
        return #"{"NextToken":"t","Events":["# + events.joined(separator: ",") + "]}"
      }
    }
  }

  @Test("A text read in pieces holds the records that it holds as a whole", arguments: seeds)
  func piecesEqualWhole(seed: UInt64) throws {
    var maker = Maker(seed: seed)
    for _ in 0..<800 {
      let text = maker.text()
      let (whole, pieces) = scan(Array(text.utf8), largest: [3, 40, 400].randomElement(using: &maker.random)!)
      try #require(whole.problems.isEmpty, "seed \(seed): \(text)")
      try #require(pieces == whole, "seed \(seed): \(text)")
    }
  }

  @Test("A text that is cut off is reported whether it is read in pieces or as a whole", arguments: seeds)
  func cutOff(seed: UInt64) throws {
    var maker = Maker(seed: seed)
    for _ in 0..<500 {
      var bytes = Array((0..<3).map { _ in maker.text() }.joined(separator: "\n").utf8)
      bytes.removeLast(Int.random(in: 0...bytes.count, using: &maker.random))
      let (whole, pieces) = scan(bytes, largest: 50)
      try #require(
        !pieces.problems.isEmpty || whole.problems.isEmpty,
        "seed \(seed): \(whole) \(pieces)\n\(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test(
    "A damaged text read in pieces brings nothing down and gives no record that is not in it", arguments: seeds)
  func damaged(seed: UInt64) throws {
    var maker = Maker(seed: seed)
    for _ in 0..<500 {
      var bytes = Array((0..<3).map { _ in maker.text() }.joined(separator: "\n").utf8)
      guard !bytes.isEmpty, maker.number > 0 else { continue }
      let place = Int.random(in: bytes.indices, using: &maker.random)
      bytes[place] = [0x22, 0x5C, 0x7B, 0x7D, 0x5B, 0x5D, 0x2C, 0x00, 0x61].randomElement(using: &maker.random)!
      let (whole, pieces) = scan(bytes, largest: 50)
      // Damage to an id gives a record of another one.
      let known = Set((1...UInt64(maker.number)).map { $0 })
      let strangers = Set(pieces.ids).subtracting(known).subtracting(whole.ids)
      try #require(strangers.count <= 1, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test(
    "What is no object is reported by a text in pieces too",
    arguments: [
      #"[1,{"eventTime":"2026-01-01T00:00:00Z","eventID":"a"}]"#,
      #"{"Records":[null,{"eventTime":"2026-01-01T00:00:00Z"}]}"#,
      #"{"Records":[{"eventTime":"2026-01-01T00:00:00Z"},"x"]}"#, #"{"Records":[1,2]}"#, "[\"a\"]",
      "7\n" + #"{"eventTime":"2026-01-01T00:00:00Z"}"#, #"{"eventTime":"2026-01-01T00:00:00Z"}"# + "\n7",
    ])
  func noObjects(text: String) {
    let (whole, pieces) = scan(Array(text.utf8), largest: 1000)
    #expect(whole.ids == pieces.ids)
    #expect(!whole.problems.isEmpty)
    #expect(whole.problems.isEmpty == pieces.problems.isEmpty, "\(whole.problems) \(pieces.problems)")
  }

  @Test("Files larger than a piece are read whole, in every shape", arguments: [1, 3])
  func largeFiles(workers: Int) async throws {
    let scratch = try Scratch()
    // Some 22 MB each.
    let count = 10_000
    let shapes = [
      Record.file(0..<count, padding: 300), Record.ndjson(0..<count, padding: 300),
      Array("[".utf8) + Record.file(0..<count, padding: 300).dropFirst(12).dropLast(1),
    ]
    for (number, shape) in shapes.enumerated() {
      // Text as even as this compresses beyond the limit, so it is read as it is.
      let reading = try await Reading([try scratch.write(shape, "\(number).json")], workers: workers)
      #expect(reading.ids == Record.ids(0..<count), "\(number)")
      #expect(reading.summary.problems.isEmpty)
      #expect(reading.summary.records == count)
    }
  }
}
