import Events
import Segments
import Testing

/// A column's entries, one behind the other, so that two columns can be compared whatever codes they use.
func flat(_ column: Column) -> [UInt8] {
  var bytes: [UInt8] = []
  func append(_ number: Int) {
    withUnsafeBytes(of: UInt32(number)) { bytes.append(contentsOf: $0) }
  }
  append(column.rowCount)
  column.forEachEntry { row, code in
    append(row)
    column.dictionary.withValue(code) { value in
      bytes.append(value.kind.rawValue)
      append(value.bytes.count)
      bytes.append(contentsOf: value.bytes)
    }
  }
  return bytes
}

/// A plan for everything that a batch holds.
func fullPlan(_ batch: EventBatch) -> FieldPlan {
  var plan = FieldPlan.all
  for (path, nested) in batch.nested { plan.nested[path] = fullPlan(nested.batch) }
  return plan
}

/// Holds two batches equal: every column with values, and the nested objects.
func expectEqual(_ read: EventBatch, _ written: EventBatch, _ comment: Comment) {
  #expect(read.rowCount == written.rowCount, comment)
  let withValues = written.columnByPath.filter { !written.columns[$0.value].isEmpty }
  #expect(
    Set(read.columnByPath.filter { !read.columns[$0.value].isEmpty }.keys) == Set(withValues.keys), comment)
  for (path, place) in withValues {
    let isEqual = read.column(path).map { flat($0) == flat(written.columns[place]) }
    #expect(isEqual == true, "\(path): \(comment)")
  }
  for (path, nested) in written.nested {
    #expect(read.nested[path]?.parents == nested.parents, comment)
    if let inner = read.nested[path] { expectEqual(inner.batch, nested.batch, "\(path): \(comment)") }
  }
}

/// The texts of all rows.
func sources(_ segment: Segment, rows: [Int]? = nil) throws -> [[UInt8]] {
  var texts: [[UInt8]] = []
  let rows = rows ?? Array(0..<segment.summary.rowCount)
  try segment.withSources(rows) { place, text in
    #expect(place == texts.count)
    texts.append(Array(text))
  }
  return texts
}

func texts(_ content: SourcedBatch) throws -> [[UInt8]] {
  var texts: [[UInt8]] = []
  try content.sources.forEach(Array(0..<content.sources.count)) { texts.append(Array($1)) }
  return texts
}

/// Reads all that a segment has, by every way there is, and holds it against what was written where that is given.
func readEverything(_ segment: Segment, _ content: SourcedBatch?, _ comment: Comment = "") throws {
  let heads = try segment.heads()
  let read = try sources(segment)
  var all = FieldPlan.all
  for path in segment.nestedPaths { all.nested[path] = FieldPlan.all }
  let events = try segment.events(content.map { fullPlan($0.events) } ?? all)
  let sorted = heads.map(\.identity).sorted { $0.id < $1.id }
  let found = try segment.rows(of: sorted)
  try segment.verify()
  guard let content else { return }
  #expect(heads == content.heads, comment)
  #expect(try read == texts(content), comment)
  #expect(found.count >= heads.count, comment)
  #expect(segment.summary.dataStream == content.dataStream, comment)
  expectEqual(events, content.events, comment)
  let stream = events.dataStream
  #expect(
    heads.isEmpty
      || stream.entryCount == heads.count && stream.dictionary.text(stream.code(row: 0)) == content.dataStream)
}
