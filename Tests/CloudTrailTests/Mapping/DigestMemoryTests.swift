import Events
import JSON
import Testing

@testable import CloudTrail

/// A digest that cannot be read a second time is told, and never half an event.
struct DigestMemoryTests {
  private static let text =
    #"{"digestEndTime":"2026-01-01T00:04:00Z","awsAccountId":"111122223333","digestS3Bucket":"b"}"#

  private func withBatch(_ body: (RecordBatch) throws -> Void) rethrows {
    let bytes = Array((Self.text + "\n" + SampleRecord.text(1, id: "a")).utf8) + [UInt8](repeating: 0, count: 64)
    try bytes.withUnsafeBufferPointer { bytes in
      let scanner = RecordScanner(leanFields: [], registry: EventRegistry())
      scanner.beginBatch()
      scanner.scan(UnsafeBufferPointer(rebasing: bytes[..<(bytes.count - 64)]), of: TextRegion(file: "f"))
      scanner.finishBatch()
      try body(scanner.batch)
    }
  }

  private func fail(_ bytes: ArraySlice<UInt8>) throws(JSONTextError) -> JSONDocument {
    throw JSONTextError(fault: .outOfMemory, offset: nil)
  }

  @Test("Without memory for a digest's flattened fields the event is refused with a report, and its neighbour mapped")
  func columns() {
    withBatch { records in
      #expect(records.rows.map(\.kind) == [.digest, .cloudTrail])
      for isShort in [false, true] {
        let mapper = EventMapper(
          .all, context: Mapped.context, flattenedRoots: FieldCatalog.standard.flattenedRoots)
        if isShort { mapper.cloudTrail.readDigest = fail }
        var mapped: [Int] = []
        mapper.forEachBatch(of: records, rows: [0, 1]) { events, rows in
          #expect(events.rowCount == rows.count)
          mapped += rows
        }
        #expect(mapped == (isShort ? [1] : [0, 1]))
        #expect(mapper.problems.problems.map(\.cause) == (isShort ? [.noRoom] : []))
      }
    }
  }

  @Test("Where nobody looks at them, nothing is refused")
  func unasked() {
    withBatch { records in
      let mapper = EventMapper(
        FieldPlan(paths: ["cloud.account.id"]), context: Mapped.context,
        flattenedRoots: FieldCatalog.standard.flattenedRoots)
      mapper.cloudTrail.readDigest = fail
      mapper.forEachBatch(of: records, rows: [0]) { events, rows in #expect(rows == [0]) }
      #expect(mapper.problems.isEmpty)
    }
  }

  @Test("It is not printed in part either")
  func printed() throws {
    try withBatch { records in
      let writer = EventJSON(Mapped.context)
      writer.cloudTrail.readDigest = fail
      var output: [UInt8] = []
      #expect(throws: EventTextError.self) { try writer.append(records.rows[0], to: &output) }
      #expect(output.isEmpty)
      try writer.append(records.rows[1], to: &output)
      #expect(!output.isEmpty)
    }
  }
}
