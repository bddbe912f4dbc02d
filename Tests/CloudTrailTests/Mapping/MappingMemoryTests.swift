import Events
import Testing

@testable import CloudTrail

/// What a mapper remembers of the records before.
struct MappingMemoryTests {
  @Test(
    "What is remembered of records, or forgotten, changes no event",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func changesNothing(seed: UInt64) throws {
    print("mapping memory, seed \(seed)")
    var maker = RandomObjects(seed: seed)
    // Parts of few records among one another, so that each comes again beside others.
    let parts = (0..<40).map { _ in SinkAgreementTests.record(&maker) }
    let records = (0..<400).map { number -> String in
      let record = maker.any(parts)
      let identity = maker.any(["", #""userIdentity":{"type":"IAMUser","userName":"u\#(number % 7)"},"#])
      let call = maker.any(["", #""eventSource":"\#(maker.any(["iam", "s3", "sts"])).amazonaws.com","#])
      return "{\"eventID\":\"\(number)\"," + identity + call + record.dropFirst()
    }
    let text = "{\"Records\":[" + records.joined(separator: ",") + "]}"
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 64)
    try bytes.withUnsafeBufferPointer { bytes in
      let scanner = RecordScanner(leanFields: [], registry: EventRegistry())
      scanner.beginBatch()
      scanner.scan(UnsafeBufferPointer(rebasing: bytes[..<(bytes.count - 64)]), of: TextRegion(file: "f"))
      scanner.finishBatch()
      let rows = scanner.batch.rows
      try #require(rows.count > 100)
      let roots = FieldCatalog.standard.flattenedRoots
      let fresh = try rows.map { row in
        var output: [UInt8] = []
        try EventJSON(Mapped.context).append(row, to: &output)
        return String(decoding: output, as: UTF8.self)
      }
      let freshColumns = rows.indices.map { row in
        Self.values(
          EventMapper(.all, context: Mapped.context, flattenedRoots: roots).batch(of: scanner.batch, rows: [row]), 0)
      }
      for limit in [0, 1 << 18, MappingMemory.standardLimit] {
        let json = EventJSON(Mapped.context, rememberedBytes: limit)
        let mapper = EventMapper(.all, context: Mapped.context, flattenedRoots: roots, rememberedBytes: limit)
        for turn in 0..<2 {
          let batch = mapper.batch(of: scanner.batch, rows: Array(rows.indices))
          for (place, row) in rows.enumerated() {
            var output: [UInt8] = []
            try json.append(row, to: &output)
            #expect(String(decoding: output, as: UTF8.self) == fresh[place], "seed \(seed), turn \(turn)")
            #expect(Self.values(batch, place) == freshColumns[place], "seed \(seed), turn \(turn)")
          }
        }
      }
    }
  }

  /// The values of a row by their paths, in order.
  private static func values(_ batch: EventBatch, _ row: Int) -> [String: [String]] {
    var values: [String: [String]] = [:]
    for (path, column) in batch.columnByPath {
      let column = batch.columns[column]
      let texts = column.codes(row: row).map { "\(column.dictionary.kind($0)) \(column.dictionary.text($0))" }
      if !texts.isEmpty { values[path] = texts }
    }
    return values
  }
}
