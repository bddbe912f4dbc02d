import Events
import Foundation
import JSON
import Testing

@testable import Query

/// Query tests as text files, which anyone can add to: `Cases/LANGUAGE/*.txt`.
///
/// ```
/// events
/// {"id": "a", "event": {"category": "process"}}
///
/// mapping
/// {"properties": {"file.made": {"type": "date", "format": "epoch_second"}}}
///
/// case what is promised
/// process where true
/// ->
/// a
/// ```
/// A line behind the arrow is a hit: the ids of its events, `-` for the place of a missing one; no line is no hit. `! 1:9 text`
/// stands for an error at line 1, column 9 whose message holds the text; errors of the query DSL have no place, `! 1:1` stands for them. A blank line ends a case; `#` begins a comment.
struct QueryFile {
  struct Case: Sendable, CustomStringConvertible {
    var file: String
    var name: String
    var query: String
    var events: [String]
    var expected: [String]
    /// Types over those of the schema; what comes behind a `mapping` is held against it.
    var mapping = ""
    var description: String { "\(file): \(name)" }
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Cases")

  static func cases(_ language: String) -> [Case] {
    let place = folder.appending(path: language)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
    return names.filter { $0.hasSuffix(".txt") }.sorted().flatMap { name in
      read((try? String(contentsOf: place.appending(path: name), encoding: .utf8)) ?? "", name)
    }
  }

  private static func read(_ text: String, _ file: String) -> [Case] {
    var cases: [Case] = []
    var events: [String] = []
    var mapping = ""
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
    func block() -> [String] {
      var taken: [String] = []
      while let line = lines.first, !line.isEmpty {
        lines = lines.dropFirst()
        if !line.hasPrefix("#") { taken.append(line) }
      }
      return taken
    }
    while let line = lines.popFirst() {
      if line == "events" { events = block() }
      if line == "mapping" { mapping = block().joined(separator: "\n") }
      guard line.hasPrefix("case ") else { continue }
      let parts = block().split(separator: "->", maxSplits: 1, omittingEmptySubsequences: false)
      cases.append(
        Case(
          file: file, name: String(line.dropFirst(5)), query: parts[0].joined(separator: "\n"), events: events,
          expected: parts.count > 1 ? Array(parts[1]) : ["! there is no arrow"], mapping: mapping))
    }
    return cases
  }
}

extension QueryFile.Case {
  var catalog: FieldCatalog {
    get throws {
      guard !mapping.isEmpty else { return .standard }
      return FieldCatalog.standard.applying(try FieldMapping(JSONValue(parsing: mapping)))
    }
  }

  /// What is wrong with an answer; nil where it is right.
  func fault(_ hits: (EventBatches) throws -> [[Int?]]) -> String? {
    let batches = EventBatches(texts: events)
    let ids = events.map { (try? JSONValue(parsing: $0))?["id"]?.stringValue ?? "?" }
    guard batches.rowCount == ids.count else { return "an event cannot be read" }
    let found: [String]
    do {
      found = try hits(batches).map { $0.map { $0.map { ids[$0] } ?? "-" }.joined(separator: " ") }
    } catch let error as QuerySyntaxError {
      let place = "! \(error.line):\(error.column) "
      guard let wanted = expected.first, wanted.hasPrefix(place),
        error.message.contains(wanted.dropFirst(place.count))
      else { return "is refused: \(place)\(error.message)" }
      return nil
    } catch {
      return "fails: \(error)"
    }
    return found == expected ? nil : "gives \(found), not \(expected)"
  }
}

struct QueryFileTests {
  @Test("EQL finds what the files of cases say", arguments: QueryFile.cases("eql"))
  func eql(_ one: QueryFile.Case) {
    #expect(one.fault { try EQLSearch.hits(one.query, $0, catalog: one.catalog).map(\.events) } == nil)
  }

  @Test("Lucene finds what the files of cases say", arguments: QueryFile.cases("lucene"))
  func lucene(_ one: QueryFile.Case) {
    let fault = one.fault { batches in
      let query = try Lucene.query(one.query, one.catalog)
      if let refusal = query.refusal(QueryJudge(try one.catalog)) { throw refusal }
      return rows(query.predicate, batches, try one.catalog)
    }
    #expect(fault == nil)
  }

  @Test("KQL finds what the files of cases say", arguments: QueryFile.cases("kql"))
  func kql(_ one: QueryFile.Case) {
    let fault = one.fault { batches in
      let query = try KQL.query(one.query)
      if let refusal = query.refusal(QueryJudge(try one.catalog)) { throw refusal }
      return rows(query.predicate, batches, try one.catalog)
    }
    #expect(fault == nil)
  }

  @Test("The query DSL finds what the files of cases say", arguments: QueryFile.cases("dsl"))
  func dsl(_ one: QueryFile.Case) {
    let fault = one.fault { batches in
      do {
        let predicate = try QueryDSL.query(one.query, one.catalog)
        if let refusal = QueryJudge(try one.catalog).refusal(of: predicate) {
          throw QuerySyntaxError(refusal.description, at: 0, in: [])
        }
        return rows(predicate, batches, try one.catalog)
      } catch let error as FilterError {
        throw QuerySyntaxError(error.description, at: 0, in: [])
      }
    }
    #expect(fault == nil)
  }

  @Test("Sigma finds what the files of cases say", arguments: QueryFile.cases("sigma"))
  func sigma(_ one: QueryFile.Case) {
    #expect(one.fault { rows(try SigmaQuery(one.query).predicate, $0, try one.catalog) } == nil)
  }

  /// The rows that a condition is true of.
  private func rows(_ predicate: Query.Predicate, _ batches: EventBatches, _ catalog: FieldCatalog) -> [[Int?]] {
    var set = QuerySet(catalog: catalog, now: Timestamp(milliseconds: 0))
    let bound = set.add(predicate)
    let evaluator = QueryEvaluator(set)
    let batch = batches.batch(EventBatches.mapper(set.plan))
    evaluator.begin(batch)
    var rows: [[Int?]] = []
    evaluator.rows(bound).forEach(rowCount: batch.rowCount) { rows.append([$0]) }
    return rows
  }

  @Test("There are cases for each language")
  func areThere() {
    #expect(QueryFile.cases("eql").count > 20)
    #expect(QueryFile.cases("lucene").count > 20)
    #expect(QueryFile.cases("dsl").count > 40)
    #expect(QueryFile.cases("sigma").count > 15)
    #expect(QueryFile.cases("kql").count > 5)
  }
}
