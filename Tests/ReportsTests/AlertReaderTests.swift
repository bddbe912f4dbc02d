import Foundation
import JSON
import TestSupport
import Testing

@testable import Reports

@Suite("Reading saved alerts")
struct AlertReaderTests {
  private func read(_ text: String, containing needle: String = "") throws -> (ids: [String], problems: [String]) {
    let scratch = try Scratch()
    let file = try scratch.write(text.utf8, "alerts.ndjson")
    var ids: [String] = []
    var problems: [String] = []
    try AlertReader(path: file, containing: needle).read {
      problems.append($0.description.replacingOccurrences(of: scratch.path + "/", with: ""))
    } alert: {
      ids.append($0.id)
    }
    return (ids, problems)
  }

  private func line(_ id: String) -> String { #"{"kibana.alert.uuid":"\#(id)","event":{"action":"x"}}"# }

  @Test("Bad lines are reported with number and cause, and the rest is used")
  func badLines() throws {
    let text = [line("a"), "", "{\"torn\":", line("b"), #"{"event":{}}"#, "[1,2]", line("c")].joined(separator: "\n")
    let (ids, problems) = try read(text)
    #expect(ids == ["a", "b", "c"])
    #expect(problems.count == 4)
    #expect(problems.first?.hasPrefix("alerts.ndjson: line 3: broken JSON: ") == true)
    #expect(problems.dropFirst().first == "alerts.ndjson: line 5: no alert: it has no kibana.alert.* fields")
  }

  @Test("Lines end at line feeds, with or without a carriage return, the last one with or without either")
  func lineEnds() throws {
    #expect(try read(line("a") + "\r\n" + line("b") + "\r\n").ids == ["a", "b"])
    #expect(try read(line("a") + "\n" + line("b")).ids == ["a", "b"])
    #expect(try read("").ids.isEmpty)
    #expect(try read("\n\n").problems.isEmpty)
  }

  @Test("Lines that reach over the pieces in which a file is read stay whole")
  func pieces() throws {
    let filler = String(repeating: "x", count: 700_000)
    let text = (0..<5).map { #"{"kibana.alert.uuid":"id\#($0)","filler":"\#(filler)"}"# }.joined(separator: "\n")
    #expect(try read(text).ids == ["id0", "id1", "id2", "id3", "id4"])
  }

  @Test("A line beyond the bound is reported and passed over")
  func longLine() throws {
    let long = #"{"kibana.alert.uuid":"long","list":["# + String(repeating: "1234567,", count: 2_200_000) + "1]}"
    #expect(long.utf8.count > AlertReader.longestLine)
    let (ids, problems) = try read([line("a"), long, line("b")].joined(separator: "\n"))
    #expect(ids == ["a", "b"])
    #expect(problems == ["alerts.ndjson: line 2: longer than 16777216 bytes"])
  }

  @Test("An array, an answer to a search and JSON over several lines are read too")
  func otherShapes() throws {
    #expect(try read("[\n\(line("a")),\n\(line("b"))\n]\n").ids == ["a", "b"])
    let hits = #"{"took":3,"hits":{"total":{"value":2},"hits":[{"_source":\#(line("a"))},{"_source":\#(line("b"))}]}}"#
    #expect(try read(hits).ids == ["a", "b"])
    #expect(
      try read(hits.replacingOccurrences(of: ",", with: ",\n").replacingOccurrences(of: "{\"took", with: "{\n\"took"))
        .ids
        == ["a", "b"])
    let pretty = "{\n  \"kibana.alert.uuid\": \"a}\\\"\"\n}\n{\n  \"kibana.alert.uuid\": \"b\"\n}\n{\n"
    let (ids, problems) = try read(pretty)
    #expect(ids == ["a}\"", "b"])
    #expect(problems.count == 1)
    #expect(problems.first?.contains("line 7") == true)
  }

  @Test("What a hunt writes as JSON is read as the same alerts")
  func roundTrip() throws {
    var text: [UInt8] = []
    let alerts = try (0..<3).map { try Sample.numbered($0) }
    let collected = Collected()
    try AlertFormat.json.write { body in
      try alerts.forEach(body)
    } to: {
      collected.bytes += $0
    }
    text = collected.bytes
    #expect(try JSONValue(parsing: text[...]).arrayValue?.count == 3)
    #expect(try read(String(decoding: text, as: UTF8.self)).ids == ["id-0", "id-1", "id-2"])
    let empty = Collected()
    try AlertFormat.json.write { _ in
    } to: {
      empty.bytes += $0
    }
    #expect(try JSONValue(parsing: empty.bytes[...]) == [])
  }

  @Test("A reader that looks for a text hands on only alerts that hold it")
  func needle() throws {
    let (ids, problems) = try read(
      [line("abc"), line("abd"), "{", line("xyz")].joined(separator: "\n"), containing: "ab")
    #expect(ids == ["abc", "abd"])
    #expect(problems.count == 1)
  }

  @Test("Files that cannot be read are refused with the reason")
  func unreadable() throws {
    let scratch = try Scratch()
    let packed = try scratch.write([0x1F, 0x8B, 8, 0], "alerts.ndjson.gz")
    for (path, word) in [(scratch.path + "/none", "no such file"), (scratch.path, "directory"), (packed, "gzip -dc")] {
      do {
        try AlertReader(path: path).read { _ in }
        Issue.record("\(path) is read")
      } catch let error as AlertFileError {
        #expect(error.description.contains(word))
      }
    }
  }
}

/// What a writer has written.
final class Collected {
  var bytes: [UInt8] = []
  var text: String { String(decoding: bytes, as: UTF8.self) }
}
