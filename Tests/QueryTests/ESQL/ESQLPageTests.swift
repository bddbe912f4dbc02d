import Testing

@testable import Query

@Suite("Rows of a page") struct ESQLPageTests {
  @Test(
    "Few rows of many carry few cells, however many there were, and every row keeps its own",
    arguments: [[7], [3, 3, 900, 1], Array(0..<10), Array(0..<1000), []])
  func few(rows: [Int]) {
    let names = CellColumn(.keyword, rows: (0..<1000).map { Cell.text("n\($0 % 900)") })
    // A function of the first: its cells are in step.
    let lengths = CellColumn(.long, cells: names.cells.map { .whole(Int64($0.values.count)) }, codes: names.codes)
    var page = ESQLPage(
      rowCount: 1000, columns: [names, lengths, CellColumn(.long, constant: .whole(1), rowCount: 1000)])
    page.origins = (0..<1000).map { UInt32($0) }
    let some = page.selecting(rows)
    #expect(some.rowCount == rows.count && some.origins == rows.map { UInt32($0) })
    for (before, after) in zip(page.columns, some.columns) {
      #expect(after.rowCount == rows.count)
      for (place, row) in rows.enumerated() { #expect(after[place] == before[row]) }
    }
    #expect(some.columns[0].codes === some.columns[1].codes)
    if rows.count < 200 {
      #expect(some.columns[0].cells.count <= rows.count && some.columns[1].cells.count <= rows.count)
    }
  }
}
