import CloudTrail
import Events
import Foundation
import JSON
import Testing

/// One case of the files in `Golden/mapping`: a record, and what some fields of its event are.
///
/// A case is a record in one or more lines, and below it, indented, a field's path and its value in JSON, or `-` where the
/// event has no such field. A line `each a b` before it makes a case for each word, which stands for `<x>`. Cases are parted
/// by empty lines; `#` begins a comment. A record without a time happened at `defaultTime`.
struct MappingCase: Sendable {
  static let defaultTime = "2024-05-01T10:00:01Z"

  /// The file and the line that it starts on.
  var place: String
  var record: String
  var expected: [(path: String, value: String?)]

  /// A line that is none of a case.
  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  static func read(_ text: String, name: String) throws -> [MappingCase] {
    var cases: [MappingCase] = []
    var words: [Substring] = []
    var current: MappingCase?
    func finish() throws {
      guard let done = current else { return }
      current = nil
      guard !done.expected.isEmpty else { throw Fault(description: "\(done.place): nothing is expected") }
      for word in words.isEmpty ? [""] : words {
        func fill(_ text: String) -> String { words.isEmpty ? text : text.replacing("<x>", with: word) }
        cases.append(
          MappingCase(
            place: done.place, record: timed(fill(done.record)),
            expected: done.expected.map { (fill($0.path), $0.value.map(fill)) }))
      }
      words = []
    }
    for (at, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let place = "\(name):\(at + 1)"
      if line.hasPrefix("#") { continue }
      if line.isEmpty {
        try finish()
      } else if line.hasPrefix("each ") {
        try finish()
        words = line.split(separator: " ").dropFirst().map(\.self)
      } else if line.hasPrefix("  ") {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard current != nil, parts.count == 2 else { throw Fault(description: "\(place): no path and value") }
        let value = parts[1].drop { $0 == " " }
        current?.expected.append((String(parts[0]), value == "-" ? nil : String(value)))
      } else if current?.expected.isEmpty ?? true {
        current = current ?? MappingCase(place: place, record: "", expected: [])
        current?.record += line
      } else {
        throw Fault(description: "\(place): a record behind what is expected")
      }
    }
    try finish()
    return cases
  }

  private static func timed(_ record: String) -> String {
    if ["eventTime", "digestEndTime", "windowStart"].contains(where: { record.contains("\"\($0)\"") }) {
      return record
    }
    return "{\"eventTime\":\"\(defaultTime)\"," + record.dropFirst()
  }

  /// Holds the event as JSON, its columns, and the columns of a plan for the field alone to what is expected.
  func check() throws {
    let mapped = try Mapped(record)
    for (path, json) in expected {
      let value = try json.map { try JSONValue(parsing: $0) }
      let found = try mapped.value(path)
      #expect(found == value, "\(place): \(path) is \(found?.text ?? "absent"), not \(json ?? "absent")")
      guard found == value else { continue }
      guard let json else {
        #expect(mapped.columns[path] == nil, "\(place): \(path) has a column")
        let alone = try Mapped(record, plan: FieldPlan(paths: [path])).columns
        #expect(alone[path] == nil, "\(place): \(path) has a column when it is asked for alone")
        continue
      }
      // What is kept and not indexed has no column to look at.
      guard path != "event.original" else { continue }
      for (rest, leaves) in try Mapped.leaves(in: "{\"\":\(json)}") {
        let leaf = rest.isEmpty ? path : "\(path).\(rest)"
        #expect(mapped.columns[leaf] == leaves, "\(place): the column of \(leaf)")
        let alone = try Mapped(record, plan: FieldPlan(paths: [leaf])).columns
        #expect(alone[leaf] == leaves, "\(place): the column of \(leaf), asked for alone")
      }
    }
  }
}

/// Each row of what Elastic's AWS integration makes of a CloudTrail record, from files of cases.
struct MappingCaseTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Golden/mapping")

  @Test(
    "A record's fields are those of the tables",
    arguments: [
      ("surroundings", 10), ("moves", 40), ("identity", 20), ("parameters", 20), ("outcomes", 10), ("categories", 80),
      ("users", 20), ("related", 20), ("targets", 90), ("kinds", 50), ("actors", 15), ("digests", 5), ("kept", 15),
      ("resources", 10), ("bad", 10),
    ])
  func cases(name: String, most: Int) throws {
    let file = Self.folder.appendingPathComponent("\(name).cases")
    let cases = try MappingCase.read(String(contentsOf: file, encoding: .utf8), name: name)
    #expect(cases.count >= most, "\(name) has \(cases.count) cases")
    for one in cases { try one.check() }
  }

  @Test("Every file of cases is read")
  func files() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(files.count == 15 && files.allSatisfy { $0.hasSuffix(".cases") }, "\(files)")
  }

  @Test("A file of cases that is none is told")
  func faults() throws {
    #expect(throws: MappingCase.Fault.self) { try MappingCase.read("{}\n\n", name: "a") }
    #expect(throws: MappingCase.Fault.self) { try MappingCase.read("  a 1\n", name: "a") }
    #expect(throws: MappingCase.Fault.self) { try MappingCase.read("{}\n  a 1\n{}\n", name: "a") }
    #expect(
      try MappingCase.read("each a b\n{\"x\":\"<x>\"}\n  y \"<x>\"\n", name: "a").map(\.expected[0].value) == [
        "\"a\"", "\"b\"",
      ])
  }
}
