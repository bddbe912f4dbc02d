import Events
import TestSupport
import Testing

@Suite("A batch that is parted by its data streams") struct BatchPartingTests {
  private static func texts(_ batch: EventBatch, _ path: String) -> [[String]] {
    guard let column = batch.column(path) else { return Array(repeating: [], count: batch.rowCount) }
    return (0..<batch.rowCount).map { row in column.codes(row: row).map { column.dictionary.text($0) } }
  }

  @Test(
    "Each part has the values of its rows, as a selection of them has, and no column without any", arguments: [1, 2, 3])
  func same(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let rowCount = 500
    let paths = (0..<40).map { "field.\($0)" }
    let columns = paths.map { _ in
      var writer = ColumnWriter()
      let (kinds, share) = ([2, 30, 5000].randomElement(using: &random)!, [1, 20, 100].randomElement(using: &random)!)
      for row in 0..<rowCount where Int.random(in: 0..<100, using: &random) < share {
        for _ in 0..<Int.random(in: 1...2, using: &random) {
          let value = Array("\(Int.random(in: 0..<kinds, using: &random))".utf8)
          value.withUnsafeBufferPointer { writer.append(Scalar(.string, $0), row: row) }
        }
      }
      return writer.column(rowCount: rowCount)
    }
    let batch = EventBatch(columns: columns, paths: paths, rowCount: rowCount)
    var groups = [[Int]](repeating: [], count: 90)
    for row in 0..<rowCount {
      let group = Int.random(in: 0...groups.count, using: &random)
      if group < groups.count { groups[group].append(row) }
    }
    for (rows, part) in zip(groups, batch.parted(groups)) {
      let selected = batch.selecting(rows)
      #expect(part.rowCount == rows.count)
      for path in paths { #expect(Self.texts(part, path) == Self.texts(selected, path), "\(path), seed \(seed)") }
      #expect(part.columns.allSatisfy { !$0.isEmpty })
    }
  }
}
