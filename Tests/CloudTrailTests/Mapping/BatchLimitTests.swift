import Events
import JSON
import Testing

@testable import CloudTrail

/// What one event may take of a batch.
struct BatchLimitTests {
  /// The batches of events in ECS, and what was left out.
  private func batches(
    _ events: [String], _ plan: FieldPlan
  ) -> (batches: [(rows: [Int], columns: Int, values: Set<String>)], problems: [RecordProblem]) {
    let bytes = Array(events.joined(separator: "\n").utf8) + [UInt8](repeating: 0, count: 64)
    return bytes.withUnsafeBufferPointer { bytes in
      let scanner = RecordScanner(leanFields: [], registry: EventRegistry())
      scanner.beginBatch()
      scanner.scan(
        UnsafeBufferPointer(rebasing: bytes[..<(bytes.count - 64)]), of: TextRegion(file: "f", offset: 100))
      scanner.finishBatch()
      let mapper = EventMapper(
        plan, context: Mapped.context, flattenedRoots: FieldCatalog.standard.flattenedRoots)
      var batches: [([Int], Int, Set<String>)] = []
      mapper.forEachBatch(of: scanner.batch, rows: Array(scanner.batch.rows.indices)) { batch, rows in
        #expect(batch.rowCount == rows.count)
        let filled = batch.columnByPath.filter { !batch.columns[$0.value].isEmpty }
        batches.append((rows, batch.columns.count, Set(filled.keys)))
      }
      return (batches, mapper.problems.problems)
    }
  }

  private func event(_ members: String) -> String { #"{"@timestamp":"2026-01-01T00:00:00Z",\#(members)}"# }

  @Test("A path of 1 KiB is a field, a longer one is left out and told, and its neighbours stay")
  func paths() {
    let longest = String(repeating: "k", count: BatchLimits.pathBytes - 2)
    let (batches, problems) = batches(
      [event(#""a":{"\#(longest)":1,"\#(longest)x":1},"b":2"#), event(#""c":3"#)], .all)
    #expect(batches.count == 1)
    #expect(batches[0].values.isSuperset(of: ["a.\(longest)", "b", "c"]))
    #expect(!batches[0].values.contains("a.\(longest)x"))
    #expect(problems.map(\.cause) == [.tooManyFields] && problems.first?.offset == 100 && problems.first?.file == "f")
  }

  @Test("A longer path that a query names is found, and nothing is told")
  func named() {
    let path = "a." + String(repeating: "k", count: 5000)
    let (batches, problems) = batches([event(#""a":{"\#(path.dropFirst(2))":1}"#)], FieldPlan(paths: [path]))
    #expect(batches.first?.values == [path] && problems.isEmpty)
  }

  @Test("Of an event with too many fields those beyond the bound are left out and told")
  func columns() {
    let members = (0..<12_000).map { "\"f\($0)\":1" }.joined(separator: ",")
    let (batches, problems) = batches([event(members)], .all)
    #expect(batches.count == 1 && batches[0].columns == BatchLimits.columns)
    #expect(problems.map(\.cause) == [.tooManyFields])
  }

  @Test("Events whose fields differ share batches as far as there is room, and lose none")
  func crowded() {
    let events = (0..<20).map { event in
      self.event((0..<1000).map { "\"f\(event)_\($0)\":1" }.joined(separator: ","))
    }
    let (batches, problems) = batches(events, .all)
    #expect(batches.count > 1 && problems.isEmpty)
    #expect(batches.flatMap(\.rows) == Array(0..<20))
    for batch in batches {
      #expect(batch.values.count { $0.hasPrefix("f") } == batch.rows.count * 1000)
    }
  }

  @Test("What no query asks for is not kept, however much of it there is")
  func unknown() {
    let events = (0..<50).map { event in
      self.event("\"a\":1," + (0..<1000).map { "\"f\(event)_\($0)\":1" }.joined(separator: ","))
    }
    let (batches, problems) = batches(events, FieldPlan(paths: ["a"]))
    #expect(batches.count == 1 && problems.isEmpty)
    #expect(batches[0].values == ["a"])
  }
}
