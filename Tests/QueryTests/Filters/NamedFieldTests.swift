import Events
import JSON
import Testing

@testable import Query

/// What names of fields reach: aliases, the objects of nested fields, the keys of flattened ones.
struct NamedFieldTests {
  private static let key = "aws.cloudtrail.flattened.request_parameters.name"

  private func rows(_ query: JSONValue, _ catalog: FieldCatalog, _ events: [String]) throws -> [Int] {
    let batches = EventBatches(texts: events.map { #"{"@timestamp":"2026-01-01T00:00:00Z",\#($0)}"# })
    var set = QuerySet(catalog: catalog, now: Timestamp(milliseconds: 0))
    let bound = set.add(try RuleFilters.predicate([["query": query]]))
    let evaluator = QueryEvaluator(set)
    let batch = batches.batch(EventBatches.mapper(set.plan))
    evaluator.begin(batch)
    var rows: [Int] = []
    evaluator.rows(bound).forEach(rowCount: batch.rowCount) { rows.append($0) }
    return rows
  }

  private func refusal(_ query: JSONValue, _ catalog: FieldCatalog) throws -> QueryRefusal? {
    QueryJudge(catalog).refusal(of: try RuleFilters.predicate([["query": query]]))
  }

  @Test("A pattern of names reaches the field that an alias stands for")
  func aliases() throws {
    let mapping = try FieldMapping([
      "properties": [
        "app": ["properties": ["real": ["type": "keyword"], "other": ["type": "keyword"]]],
        "app_alias": ["type": "alias", "path": "app.real"],
      ]
    ])
    let catalog = FieldCatalog.standard.applying(mapping)
    let events = [#""app":{"real":"value"}"#, #""app":{"other":"value"}"#]
    #expect(try rows(["query_string": ["query": "value", "fields": ["app_*"]]], catalog, events) == [0])
    #expect(try rows(["multi_match": ["query": "value", "fields": ["app_*"]]], catalog, events) == [0])
    #expect(try rows(["exists": ["field": "*_alias"]], catalog, events) == [0])
  }

  @Test("A clause of KQL needs no braces for a field of a nested one; KQL of its own does")
  func nested() throws {
    let mapping = try FieldMapping([
      "properties": ["courses": ["type": "nested", "properties": ["name": ["type": "keyword"]]]]
    ])
    let catalog = FieldCatalog.standard.applying(mapping)
    let events = [#""courses":[{"name":"x"},{"name":"y"}]"#, #""courses":[{"name":"y"}]"#]
    #expect(try rows(["kql": ["query": "courses.name: x"]], catalog, events) == [0])
    #expect(try rows(["term": ["courses.name": "x"]], catalog, events).isEmpty)
    #expect(try refusal(["kql": ["query": "courses.name: x"]], catalog) == nil)
    #expect(try refusal(["term": ["courses.name": "x"]], catalog) == nil)
    #expect(try KQL.query("courses.name: x").refusal(QueryJudge(catalog)) != nil)
    #expect(try Lucene.query("courses.name:x").refusal(QueryJudge(catalog)) == nil)
  }

  @Test("Of the keys of a flattened field nothing is looked for that is nearly the same")
  func keys() throws {
    #expect(try refusal(["fuzzy": [Self.key: "a"]], .standard) != nil)
    #expect(try refusal(["match": [Self.key: ["query": "a", "fuzziness": 1]]], .standard) != nil)
    #expect(try refusal(["match": [Self.key: ["query": "a b", "operator": "and"]]], .standard) == nil)
    #expect(try Lucene.query("\(Self.key):a~1").refusal(QueryJudge(.standard)) != nil)
  }
}
