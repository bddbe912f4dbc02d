import Events
import Segments

/// Reads bytes as a segment, by every way that there is. Checksums may be wrong, so that what lies behind them is reached.
enum SegmentTarget {
  static func run(_ bytes: [UInt8]) {
    _ = try? Segment(bytes: bytes, named: "fuzz").verify()
    // What is within the bounds may still take a gigabyte, which is no finding.
    guard let segment = try? Segment(bytes: bytes, named: "fuzz", isChecked: false), segment.entryCount < 1 << 20,
      segment.unpackedBytes < 64 << 20
    else { return }
    _ = try? segment.verify()
    let rows = Array(0..<segment.summary.rowCount)
    if let heads = try? segment.heads() {
      precondition(heads.count == rows.count, "an event has a head")
      var identities = heads.map(\.identity)
      identities.sort { $0.id < $1.id }
      let found = try? segment.rows(of: identities)
      precondition(found.map { $0.count >= rows.count } ?? true, "every event is found by its identity")
    }
    _ = try? segment.rows(of: [EventIdentity(EventID(high: 0, low: 0)), EventIdentity(EventID(high: 1 << 63, low: 5))])
    var sum: UInt8 = 0
    try? segment.withSources(rows) { _, text in
      for byte in UnsafeBufferPointer(start: text.baseAddress, count: text.count + 64) { sum ^= byte }
    }
    var plan = FieldPlan.all
    for path in segment.nestedPaths { plan.nested[path] = FieldPlan.all }
    if let events = try? segment.events(plan) {
      precondition(events.rowCount == rows.count, "a batch has the rows of its segment")
      for column in events.columns {
        column.forEachEntry { _, code in sum ^= column.dictionary.withValue(code) { $0.bytes.first ?? 0 } }
      }
    }
    // As a search for words looks: the bytes of all values first, then what it asks for.
    let late = LateEntries(segment)
    if let events = try? segment.events(.all, late: late) {
      let pieces = ["a", "9", "zzz"].map { SoughtBytes(Array($0.utf8)) }
      for column in events.columns.reversed() {
        _ = column.mayHold(pieces)
        _ = column.mayPass(holding: pieces) { $0.bytes.last == 0x7A }
      }
      for column in events.columns where late.fault == nil {
        column.forEachEntry { _, code in sum ^= column.dictionary.withValue(code) { $0.bytes.first ?? 0 } }
      }
    }
    for path in segment.paths + ["none"] {
      for text in ["", "a", "00000000-0000-0000-8000-000000000005"] {
        _ = try? segment.mayHold(Array(text.utf8), in: path)
      }
    }
    _ = try? segment.events(FieldPlan(paths: segment.paths.suffix(2) + ["none"]))
  }
}
