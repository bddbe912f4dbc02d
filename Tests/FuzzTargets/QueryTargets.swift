import CloudTrail
import Events
import Exceptions
import JSON
import Query

/// Reads queries and filters, writes queries again, and asks them of a few events.
struct QueryTargets: Sendable {
  static let shared = QueryTargets()
  static let now = Timestamp(milliseconds: 1_790_000_000_000)

  func kql(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let predicate: Predicate
    do {
      let query = try KQL.query(text)
      predicate = query.predicate
      if let refusal = query.refusal(QueryJudge(.standard)) {
        precondition(!refusal.rendered.isEmpty, "a refusal says why")
      }
    } catch {
      precondition(!error.rendered.isEmpty, "a refusal says why")
      return
    }
    if let written = KQL.text(predicate, catalog: .standard) {
      guard let again = try? KQL.parse(written) else {
        preconditionFailure("a query that was written can be read: \(written)")
      }
      let rows = rows([again, predicate])
      precondition(rows[0] == rows[1], "a query that was written asks the same: \(written)")
    } else {
      _ = rows(predicate)
    }
  }

  /// Queries that begin with `ROW` are run.
  func esql(_ bytes: [UInt8]) {
    do {
      let query = try ESQLQuery(String(decoding: bytes, as: UTF8.self))
      let table = try? ESQLTable(csv: [["a", "b"], ["1", "x"], ["1", "y"]], catalog: .standard)
      let program = try ESQLProgram(
        query, catalog: ESQLCatalog(.standard), tables: table.map { ["t": $0] } ?? [:], now: Self.now)
      guard let answer = try? program.run().answer() else { return }
      precondition(answer.rows.allSatisfy { $0.count == answer.columns.count }, "a row has a cell for each column")
    } catch {
      precondition(!error.rendered.isEmpty, "a refusal says why")
    }
  }

  func filters(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes[...]) else { return }
    do {
      let predicate = try RuleFilters.predicate(value.arrayValue ?? [value])
      _ = rows(predicate)
    } catch {
      precondition(!error.description.isEmpty, "a refusal says why")
    }
  }

  func lists(_ bytes: [UInt8]) {
    for kind in ValueList.Kind.allCases {
      guard let list = try? ValueListReader.values(bytes, "fuzz.txt", kind: kind) else { continue }
      for path in [
        "event.action", "source.ip", "source.port", "message", "aws.cloudtrail.flattened.request_parameters",
      ] {
        _ = rows(.test(.named(path), .list(list)))
      }
    }
  }

  func mapping(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes[...]), let mapping = try? FieldMapping(value) else { return }
    let catalog = FieldCatalog.standard.applying(mapping)
    for field in mapping.fields.prefix(20) {
      let condition = Predicate.test(.named(field.path), .match("10"))
      _ = QueryJudge(catalog).refusal(of: condition)
      _ = rows(condition, catalog)
    }
  }

  /// The events that a query matches.
  private func rows(_ predicate: Predicate, _ catalog: FieldCatalog = .standard) -> [Int] {
    rows([predicate], catalog)[0]
  }

  /// The events that each of some queries matches.
  func rows(_ predicates: [Predicate], _ catalog: FieldCatalog = .standard) -> [[Int]] {
    var queries = QuerySet(catalog: catalog, now: Self.now)
    let bound = predicates.map { queries.add($0.simplified()) }
    let events = Self.batch(queries.plan, catalog)
    let evaluator = QueryEvaluator(queries)
    evaluator.begin(events)
    return bound.map { query in
      var rows: [Int] = []
      evaluator.rows(query).forEach(rowCount: events.rowCount) { rows.append($0) }
      return rows
    }
  }

  /// The events with the columns of a plan.
  static func batch(_ plan: FieldPlan, _ catalog: FieldCatalog) -> EventBatch {
    let mapper = EventMapper(plan, context: InputTarget.context, flattenedRoots: catalog.flattenedRoots)
    return mapper.batch(of: records, rows: Array(records.rows.indices))
  }

  /// The events, scanned once: that takes far longer than asking them. Safe to share, since nothing changes them, and their
  /// text stays for as long as the process lives.
  nonisolated(unsafe) private static let records: RecordBatch = {
    let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: events.utf8.count + 64)
    text.initialize(repeating: 0)
    let end = text.update(fromContentsOf: events.utf8)
    let scanner = RecordScanner(leanFields: [], registry: EventRegistry())
    scanner.beginBatch()
    scanner.scan(UnsafeBufferPointer(rebasing: text[..<end]), of: TextRegion(file: "f"))
    scanner.finishBatch()
    return scanner.batch
  }()

  private static let events = #"""
    {"@timestamp":"2026-01-01T00:04:00Z","message":"The quick-brown fox","event":{"action":"A","duration":5},"source":{"ip":"10.1.2.3","port":443},"tags":["a","b"],"labels":{"x":"1"},"process":{"pid":1}}
    {"@timestamp":"2026-07-01T00:04:00Z","user":{"name":"kim"},"source":{"ip":"2001:db8::1"},"host":{"os":{"name":"x"}}}
    {"eventVersion":"1.08","eventID":"1","eventTime":"2026-01-01T00:03:00Z","eventSource":"iam.amazonaws.com","eventName":"A","requestParameters":{"roleName":"ops","a":{"b":["1","x y"]}},"userIdentity":{"type":"IAMUser","userName":"eve"}}
    """#
}
