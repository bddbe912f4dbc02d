import CloudTrail
import Foundation
import TestSupport
import Testing

@testable import Inputs

/// A file whose head is missing loses the record that was cut, and no other.
struct HeadlessTextTests {
  enum Layout: String, CaseIterable {
    case oneLine, spaced, pretty, list, lines, strangeKeysFirst
  }

  /// A record whose strings hold what looks like records and like the ends of some.
  private static func record(_ number: Int, _ layout: Layout) -> String {
    let fake = #"{\"eventTime\":\"2026-01-01T00:00:00Z\",\"eventID\":\"\#(Record.id(90 + number))\"}"#
    let members = [
      #""eventVersion":"1.08""#, #""userIdentity":{"type":"IAMUser","accountId":"1"}"#,
      #""eventTime":"2026-01-01T00:00:0\#(number)Z""#, #""eventName":"a}]{""#,
      #""requestParameters":{"doc":"\#(fake)","docs":["\#(fake)"],"tags":[{"key":"{","value":"},{"}]}"#,
      #""resources":[{"accountId":"1","type":"[\\"},{"type":"b"}]"#, #""eventID":"\#(Record.id(number))""#,
    ]
    return "{"
      + (layout == .strangeKeysFirst ? [#""a":{"b":"c"}"#] + members.reversed() : members).joined(separator: ",")
      + "}"
  }

  private static func text(_ layout: Layout) throws -> [UInt8] {
    let records = (1...4).map { record($0, layout) }
    switch layout {
    case .oneLine, .strangeKeysFirst: return Array((#"{"Records":["# + records.joined(separator: ",") + "]}").utf8)
    case .list: return Array(("[" + records.joined(separator: ",\n") + "]\n").utf8)
    case .lines: return Array((records.joined(separator: "\n") + "\n").utf8)
    case .spaced:
      let spaced = records.map { $0.replacing(#"":"#, with: #"": "#).replacing(#",""#, with: #", ""#) }
      return Array((#"{"Records": ["# + spaced.joined(separator: ", ") + "]}").utf8)
    case .pretty:
      let object = try JSONSerialization.jsonObject(
        with: Data((#"{"Records":["# + records.joined(separator: ",") + "]}").utf8))
      return Array(try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys]))
    }
  }

  /// Where each record lies: tries every opening brace with every closing one behind it.
  private static func records(_ bytes: [UInt8]) -> [(range: Range<Int>, id: String)] {
    var found: [(Range<Int>, String)] = []
    for start in bytes.indices where bytes[start] == UInt8(ascii: "{") {
      for end in start..<bytes.count where bytes[end] == UInt8(ascii: "}") {
        guard
          let object = try? JSONSerialization.jsonObject(with: Data(bytes[start...end])) as? [String: Any]
        else { continue }
        if object["eventTime"] != nil, let id = object["eventID"] as? String {
          found.append((start..<end + 1, id))
        }
        break
      }
    }
    return found.map { ($0.0, String(Int($0.1.suffix(12), radix: 16)!)) }
  }

  @Test(
    "A file cut off at its start, anywhere, keeps every record that is whole, and says so", arguments: Layout.allCases)
  func cutAnywhere(layout: Layout) throws {
    let bytes = try Self.text(layout)
    let records = Self.records(bytes)
    try #require(records.map(\.id).sorted() == Record.ids(1...4))
    // Of each three places one; the others are for the next test.
    for cut in stride(from: 0, to: bytes.count, by: 3) {
      let rest = Array(bytes[cut...])
      let reading = try Reading(rest, named: "a.json")
      let expected = records.filter { $0.range.lowerBound >= cut }.map(\.id).sorted()
      let text = String(decoding: rest, as: UTF8.self)
      try #require(reading.ids == expected, "\(layout) at \(cut): \(text.prefix(300))")
      let isWhole =
        cut == 0 || layout == .lines && (cut == bytes.count - 1 || bytes[cut - 1] == 0x0A || bytes[cut] == 0x0A)
      let isBlank = rest.allSatisfy { ContentForm.isBlank($0) }
      try #require(reading.summary.problems.problems.isEmpty == (isWhole || isBlank), "\(layout) at \(cut): \(text)")
    }
  }

  @Test("A file cut off at both ends keeps every record between them", arguments: Layout.allCases)
  func cutAtBothEnds(layout: Layout) throws {
    let bytes = try Self.text(layout)
    let records = Self.records(bytes)
    var random = SeededRandom(seed: 7)
    for _ in 0..<150 {
      let start = Int.random(in: 0..<bytes.count, using: &random)
      let end = Int.random(in: start...bytes.count, using: &random)
      let reading = try Reading(Array(bytes[start..<end]), named: "a.json")
      let expected = records.filter { $0.range.lowerBound >= start && $0.range.upperBound <= end }.map(\.id).sorted()
      let text = String(decoding: bytes[start..<end], as: UTF8.self)
      try #require(reading.ids == expected, "\(layout) at \(start)..<\(end): \(text)")
    }
  }

  @Test("A long file without its head is read to its end, and the head is told by its length, once")
  func long() async throws {
    let scratch = try Scratch()
    let head = Array(#"x}]\"{","awsRegion":"us-east-1"},"#.utf8)
    let bytes = head + Record.file(0..<8000, padding: 300).dropFirst(12)
    let reading = try await Reading([try scratch.write(bytes, "a.json")])
    #expect(reading.ids == Record.ids(0..<8000))
    #expect(
      reading.summary.problems.problems.map(\.description) == [
        "\(scratch.path)/a.json: record 1 at byte 0: broken JSON: the text does not start with a record: "
          + "its first \(head.count) bytes were not read"
      ])
  }
}
