import Foundation
import JSON
import Query
import Testing

struct EQLCaseTests {
  private static let shared = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../../shared/data/eql-cases.json").standardizedFileURL

  @Test(
    "The EQL queries collected elsewhere give the answers that stand with them",
    .enabled(if: FileManager.default.fileExists(atPath: shared.path), "there is no ../shared/data/eql-cases.json"))
  func collected() throws {
    let value = try JSONValue(parsing: String(contentsOf: Self.shared, encoding: .utf8))
    let data = (value["data"]?.objectValue ?? [:]).mapValues { $0.arrayValue ?? [] }
    let cases = value["cases"]?.arrayValue ?? []
    #expect(cases.count > 20)
    for one in cases {
      let events = data[one["data"]?.stringValue ?? ""] ?? []
      let ids = events.map { $0["id"]?.stringValue ?? "?" }
      let query = one["query"]?.stringValue ?? ""
      let expected = (one["expected"]?.arrayValue ?? []).map { hit in
        (hit.arrayValue ?? []).map { $0.stringValue ?? "-" }
      }
      do {
        let found = try EQLSearch.hits(query, EventBatches(events)).map { hit in
          hit.events.map { $0.map { ids[$0] } ?? "-" }
        }
        #expect(found == expected, "\(query)")
      } catch {
        Issue.record("\(query): \(error)")
      }
    }
  }
}
