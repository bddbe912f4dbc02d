import Events
import Inputs
import TestSupport
import Testing

@testable import CloudTrail

/// Who maps every record gets those of long texts with their tokens, and the same records as everybody else.
@Suite("Batches with tokens") struct TokenBatchTests {
  /// Of each batch the ids of its records, each with whether its tokens are known.
  private final class Collector: RecordConsumer {
    let wantsTokens: Bool
    private var batches: [[String: Bool]] = []

    init(wantsTokens: Bool) { self.wantsTokens = wantsTokens }

    func consume(_ batch: RecordBatch) throws {
      var ids: [String: Bool] = [:]
      for (at, row) in batch.rows.enumerated() {
        let node = batch.tokens.record(of: at)
        #expect(node.map { $0.sourceText.elementsEqual(row.text) } ?? true)
        ids[String(row.id.low)] = node != nil
      }
      batches.append(ids)
    }

    func finish() -> [[String: Bool]] { batches }
  }

  private static func read(_ paths: [String], wantsTokens: Bool, workers: Int) async throws -> [[String: Bool]] {
    let (summary, results) = try await InputReader(paths: paths, workers: workers).read(registry: EventRegistry()) {
      Collector(wantsTokens: wantsTokens)
    }
    #expect(summary.problems.isEmpty, "\(summary.problems.problems)")
    return results.flatMap { $0 }
  }

  @Test("Long texts come in batches with their tokens, short ones as ever, and each record once", arguments: [1, 3])
  func batches(workers: Int) async throws {
    let scratch = try Scratch()
    // A record has some 700 bytes: the long texts have 140 kB, the short ones 7.
    var long: Set<String> = []
    var all: Set<String> = []
    for number in 0..<12 {
      let isLong = number % 3 == 1
      let numbers = number * 1000..<number * 1000 + (isLong ? 200 : 10)
      let text = number % 2 == 0 ? Record.file(numbers, padding: 100) : Record.ndjson(numbers, padding: 100)
      if number == 4 || number == 6 {
        try scratch.write(zstd(text), "\(number).json.zst")
      } else {
        try scratch.write(text, "\(number).json")
      }
      all.formUnion(numbers.map { String($0) })
      if isLong { long.formUnion(numbers.map { String($0) }) }
    }
    let batches = try await Self.read([scratch.path], wantsTokens: true, workers: workers)
    var known: [String: Bool] = [:]
    for batch in batches { known.merge(batch) { $0 || $1 } }
    #expect(batches.reduce(0) { $0 + $1.count } == all.count)
    #expect(Set(known.keys) == all)
    #expect(long.filter { known[$0] != true }.isEmpty)
    // Nobody else is handed anything in other portions than before, or pays for tokens.
    let plain = try await Self.read([scratch.path], wantsTokens: false, workers: workers)
    #expect(plain.reduce(0) { $0 + $1.count } == all.count)
    #expect(!plain.contains { $0.values.contains(true) })
    #expect(plain.count <= batches.count)
  }
}
