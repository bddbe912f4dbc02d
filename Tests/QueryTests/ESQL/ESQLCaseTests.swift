import Foundation
import JSON
import Testing

@testable import Query

struct ESQLCaseTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let shared = folder.appending(path: "../../../../shared/data/esql-cases.json").standardizedFileURL

  @Test("Each query in ESQL/Cases gives the answer that stands with it, also where events come one by one")
  func own() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: "Cases").path).sorted()
    var events: [String: [String]] = [:]
    for file in files where file.hasSuffix(".ndjson") {
      let text = try String(contentsOf: Self.folder.appending(path: "Cases/\(file)"), encoding: .utf8)
      events[String(file.dropLast(7))] = text.split(separator: "\n").map(String.init)
    }
    var count = 0
    for file in files where file.hasSuffix(".txt") {
      let text = try String(contentsOf: Self.folder.appending(path: "Cases/\(file)"), encoding: .utf8)
      for one in ESQLCase.read(text, events: events) {
        count += 1
        if let fault = one.fault() { Issue.record("\(file), \(one.name): \(fault)") }
      }
    }
    #expect(count > 60)
  }

  @Test(
    "The queries collected elsewhere give the answers that stand with them",
    .enabled(if: FileManager.default.fileExists(atPath: shared.path), "there is no ../shared/data/esql-cases.json"))
  func collected() throws {
    let value = try JSONValue(parsing: String(contentsOf: Self.shared, encoding: .utf8))
    let tables = value["tables"]?.objectValue ?? [:]
    let cases = value["cases"]?.arrayValue ?? []
    #expect(cases.count > 50)
    for one in cases {
      var own = ESQLCase(name: one["name"]?.stringValue ?? "")
      own.query = one["query"]?.stringValue ?? ""
      if let now = one["now"]?.stringValue { own.now = now }
      let name = tables.keys.first { own.query.contains("FROM \($0)") }
      let table = name.flatMap { tables[$0] }
      own.types = (table?["types"]?.objectValue ?? [:]).map { ($0.key, $0.value.stringValue ?? "") }
      own.events = (table?["documents"]?.arrayValue ?? []).map { document in
        var source = document.objectValue ?? [:]
        let id = source.removeValue(forKey: "_id") ?? .null
        return JSONValue.object(["_index": .string(name ?? ""), "_id": id, "_source": .object(source)]).text
      }
      if let error = one["error"] {
        let (line, column) = (error["line"]?.integerValue ?? 0, error["column"]?.integerValue ?? 0)
        own.error = ("\(line):\(column)", error["contains"]?.stringValue ?? "")
      }
      own.columns = one["columns"]?.arrayValue?.map { ($0["name"]?.stringValue ?? "", $0["type"]?.stringValue ?? "") }
      own.rows = one["rows"]?.arrayValue?.map(\.text) ?? []
      own.warnings = one["warnings"]?.arrayValue?.compactMap(\.stringValue) ?? []
      if one["ordered"]?.boolValue == false { own.columns = nil }
      if let fault = own.fault() { Issue.record("\(own.name): \(fault)") }
    }
  }
}
