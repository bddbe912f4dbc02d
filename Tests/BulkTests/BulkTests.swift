import Bulk
import Intake
import JSON
import TestSupport
import Testing

@Suite("Parts of an answer are chosen as Elasticsearch's filter_path does")
struct FilterPathTests {
  @Test(
    "A path is kept with all below it",
    arguments: [
      ("errors,items.*.status", ["items", "create", "status"], true), ("errors,items.*.status", ["took"], false),
      ("errors", ["items", "create", "status"], false), ("**.status", ["items", "create", "status"], true),
      ("-took", ["took"], false), ("-took", ["errors"], true), ("items", ["items", "index", "error"], true),
      ("items.cre*.error", ["items", "create", "error"], true),
      ("items,-items.*.error", ["items", "a", "error"], false),
      ("", ["took"], true),
    ])
  func keeps(pattern: String, path: [String], isKept: Bool) {
    #expect(FilterPath(pattern.isEmpty ? nil : pattern).keeps(path) == isKept)
  }

  @Test("A pattern of many `**` says what one says, and takes no longer")
  func manyStars() {
    let stars = String(repeating: "**.", count: 200)
    let time = processorTime {
      let filter = FilterPath(stars + "status," + stars + "none")
      #expect(filter.keeps(["items", "create", "status"]) && !filter.keeps(["items", "create", "_id"]))
    }
    // Of each one tried at every place of those before it there are more than a million.
    #expect(time < 0.2)
  }

  @Test("Names that no index may have are refused with what is wrong")
  func names() {
    for name in ["logs-aws.cloudtrail-default", ".ds-logs-a-2026.01.01-000001", "é"] {
      #expect(IndexName.fault(of: name) == nil)
    }
    for name in [
      "logs-martlet.audit-default", "", ".", "..", "_a", "A", "a/b", "a b", ".alerts-security",
      String(repeating: "a", count: 256),
    ] {
      #expect(IndexName.fault(of: name) != nil)
    }
  }
}

@Suite("Each action has its answer")
struct BulkReplyTests {
  @Test("Documents that are refused are counted by their cause, with the reason of the first")
  func causes() throws {
    let document = #"{"@timestamp":"2026-01-01T00:00:00Z"}"#
    let lines = [
      (#"{"create":{"_index":"Logs"}}"#, document), (#"{"create":{"_index":"a/b"}}"#, document),
      (#"{"create":{"_index":"logs-martlet.audit-default"}}"#, document),
      (#"{"create":{"_index":".ds-logs-martlet.health-default"}}"#, document),
      (#"{"update":{"_index":"x","_id":"1"}}"#, document), (#"{"create":{"_index":"x","pipeline":"foo"}}"#, document),
      (#"{"create":{"_index":"x","_id":""}}"#, document), (#"{"create":{"_index":"x"}}"#, #"{"a""#),
      (#"{"create":{"_index":"x"}}"#, "[1]"), (#"{"create":{"_index":"x"}}"#, document),
    ]
    let body = lines.map { "\($0.0)\n\($0.1)\n" }.joined()
    let reading = try BulkReading.bulk(Array(body.utf8), index: nil, pipeline: nil, fields: FieldLimits()) { "id" }
    #expect(
      reading.refused.map { "\($0.cause) \($0.count)" } == [
        "index name 2", "reserved data stream 2", "action 1", "pipeline 1", "id 1", "broken JSON 1", "not an object 1",
      ])
    #expect(reading.refused.first?.reason.contains("[Logs]") == true)
    #expect(reading.documents.count == 1)
  }

  @Test("The answer with every member chosen by its name is the whole answer, whatever became of the documents")
  func chosen() throws {
    let (good, bad) = ("{\"create\":{\"_index\":\"x\"}}\n{\"a\":1}\n", "{\"index\":{\"_index\":\"X \\\"\"}}\n{}\n")
    let body = [good, bad, good, good, bad, good, "{\"delete\":{\"_index\":\"x\"}}\n", good].joined()
    let reading = try BulkReading.bulk(Array(body.utf8), index: nil, pipeline: nil, fields: FieldLimits()) { "id" }
    let outcomes: [DocumentOutcome] = [
      .stored, .rejected("it is \"no\" event\n"), .duplicate, .storedInPart("some"), .rejected("another"),
    ]
    let whole = BulkReply.bulk(reading.items, outcomes, took: 1)
    #expect(whole == BulkReply.bulk(reading.items, outcomes, took: 1, filter: FilterPath("*")))
    let items = try #require(try JSONValue(parsing: whole)["items"]?.arrayValue)
    #expect(
      items.map { $0.objectValue?.first?.value["status"]?.integerValue } == [201, 400, 400, 409, 400, 201, 400, 400])
    #expect(whole.contains("failed to parse: it is \\\"no\\\" event\\n") && whole.contains("failed to parse: another"))
  }
}
