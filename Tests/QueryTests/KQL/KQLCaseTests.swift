import CloudTrail
import Events
import Foundation
import JSON
import Query
import Testing

/// Queries with their answers as data: sets of documents, and for each query the events it finds, or why it is refused.
struct KQLCases {
  struct Case {
    var set: String
    var query: String
    var ids: [String]?
    var error: String?
    /// A mapping that lies over the types.
    var mapping: JSONValue?
  }

  let documents: [String: [String]]
  var cases: [Case]
  let now: Timestamp

  init(_ value: JSONValue) throws {
    documents = (value["documents"]?.objectValue ?? [:]).mapValues { list in
      (list.arrayValue ?? []).map { $0.stringValue ?? $0.text }
    }
    cases = (value["cases"]?.arrayValue ?? []).map {
      Case(
        set: $0["set"]?.stringValue ?? "", query: $0["query"]?.stringValue ?? "",
        ids: $0["ids"]?.arrayValue?.compactMap(\.stringValue), error: $0["error"]?.stringValue, mapping: $0["mapping"])
    }
    now = Timestamp(iso8601: value["now"]?.stringValue ?? "") ?? Timestamp(milliseconds: 0)
  }

  /// What is wrong with the answer to a case; nil where it is right.
  func fault(_ one: Case, catalog: FieldCatalog, reads batches: EventBatches, _ ids: [String]) -> String? {
    let query: KQLQuery
    do {
      query = try KQL.query(one.query)
    } catch {
      return one.error == "syntax" ? nil : "syntax error: \(error.message)"
    }
    if one.error == "syntax" { return "is read as \(query.predicate)" }
    let refusal = query.refusal(QueryJudge(catalog, refusesUnknownObjects: true))
    if one.error == "type" { return refusal == nil ? "is not refused" : nil }
    if let refusal { return "is refused: \(refusal.message)" }
    var set = QuerySet(catalog: catalog, now: now)
    let bound = set.add(query.predicate)
    let evaluator = QueryEvaluator(set)
    let mapper = EventMapper(
      set.plan, context: EventContext(readAt: Timestamp(milliseconds: 0), ingestsAtEventTime: false),
      flattenedRoots: catalog.flattenedRoots)
    evaluator.begin(batches.batch(mapper))
    let rows = evaluator.rows(bound).bitmap(rowCount: ids.count)
    let found = ids.indices.filter { rows.contains($0) }.map { ids[$0] }.sorted()
    let expected = (one.ids ?? []).sorted()
    return found == expected ? nil : "finds \(found), not \(expected)"
  }

  /// The faults of all cases, one line each.
  func faults() -> [String] {
    var faults: [String] = []
    let sets = documents.mapValues { EventBatches(texts: $0) }
    let ids = documents.mapValues { texts in
      texts.map { (try? JSONValue(parsing: $0))?["event"]?["id"]?.stringValue ?? "?" }
    }
    for one in cases {
      guard let batches = sets[one.set], let ids = ids[one.set], batches.rowCount == ids.count else {
        faults.append("no readable documents \(one.set)")
        continue
      }
      var catalog = FieldCatalog.standard
      if let mapping = one.mapping {
        do {
          catalog = catalog.applying(try FieldMapping(mapping))
        } catch {
          faults.append("\(one.query): \(error)")
          continue
        }
      }
      if let fault = fault(one, catalog: catalog, reads: batches, ids) {
        faults.append("[\(one.set)] \(one.query.debugDescription.prefix(300)) \(fault)")
      }
    }
    return faults
  }
}

struct KQLCaseTests {
  /// The package's folder.
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    .standardizedFileURL
  private static let shared = root.appending(path: "../shared/data/kql-cases.json").standardizedFileURL

  @Test("Each kind of query gives the answer that stands with it in KQL/Cases")
  func own() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Cases/kql.json")
    let cases = try KQLCases(JSONValue(parsing: String(contentsOf: file, encoding: .utf8)))
    #expect(cases.cases.count > 60)
    for fault in cases.faults() { Issue.record(Comment(rawValue: fault)) }
  }

  @Test(
    "The queries collected elsewhere give the answers that stand with them",
    .enabled(if: FileManager.default.fileExists(atPath: shared.path), "there is no ../shared/data/kql-cases.json"))
  func collected() throws {
    var cases = try KQLCases(JSONValue(parsing: String(contentsOf: Self.shared, encoding: .utf8)))
    // Those answers take every unknown field for a keyword; here numbers are numbers unless a mapping says otherwise.
    let asKeywords: JSONValue = [
      "properties": ["custom.num": ["type": "keyword"], "custom.numf": ["type": "keyword"]]
    ]
    for at in cases.cases.indices where cases.cases[at].query.hasPrefix("custom.num") {
      cases.cases[at].mapping = asKeywords
    }
    #expect(cases.cases.count > 1000)
    let faults = cases.faults()
    for fault in faults.prefix(80) { Issue.record(Comment(rawValue: fault)) }
    #expect(faults.count == 0)
  }
}
