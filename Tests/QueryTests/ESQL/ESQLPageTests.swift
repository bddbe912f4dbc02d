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

  @Test(
    "What functions make of the rows at hand is bounded together, wherever they stand, and never cut off silently",
    arguments: [
      "EVAL x = REPEAT(\"abcdefghij\", a)", "WHERE LENGTH(REPEAT(\"abcdefghij\", a)) > 0",
      "WHERE LENGTH(REPEAT(\"abcdefghij\", a)) > 0 AND a > 0 | STATS n = COUNT(*)",
      "STATS n = COUNT(*) BY x = REPEAT(\"abcdefghij\", a)", "STATS n = MAX(LENGTH(REPEAT(\"abcdefghij\", a)))",
      "STATS n = COUNT(*) WHERE LENGTH(REPEAT(\"abcdefghij\", a)) > 0",
      "INLINE STATS n = MAX(LENGTH(REPEAT(\"abcdefghij\", a)))", "EVAL x = MV_APPEND(REPEAT(\"abcdefghij\", a), \"b\")",
    ])
  func room(step: String) throws {
    let (program, _) = try ESQLTestRun(events: []).program(
      "ROW a = [100, 101, 102] | MV_EXPAND a | \(step) | LIMIT 10")
    #expect(try ESQLRun(program).answer().rows.count >= 1)
    #expect {
      try ESQLRun(program, mostBytes: 2500).answer()
    } throws: {
      "\($0)".contains("the values that functions make of the rows at hand take more than")
    }
  }
}
