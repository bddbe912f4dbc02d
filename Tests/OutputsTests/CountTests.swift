import Events
import Store
import TestSupport
import Testing

@testable import Outputs

struct CountTests {
  private func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1000) }

  @Test("Counting codes of columns gives what counting values row by row gives", arguments: 0..<30 as Range<UInt64>)
  func columns(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let fields = (0..<Int.random(in: 1...3, using: &random)).map { "f\($0)" }
    var expected = ValueCounts(fields)
    var found = ValueCounts(fields)
    for _ in 0..<3 {
      var columns = fields.map { _ in ColumnWriter() }
      var rows: [[[String]]] = []
      for row in 0..<50 {
        rows.append(
          fields.indices.map { field in
            var values: [String] = []
            for _ in 0..<Int.random(in: 0...3, using: &random) {
              let value = "v\(Int.random(in: 0..<4, using: &random))"
              if !values.contains(value) { values.append(value) }
              let bytes = Array(value.utf8)
              bytes.withUnsafeBufferPointer { columns[field].append(Scalar(.string, $0), row: row) }
            }
            return values
          })
      }
      var counter = CombinationCounter(columns.map { $0.column(rowCount: 50) })
      for row in 0..<50 where Bool.random(using: &random) {
        let at = time(Int64.random(in: 0..<1000, using: &random))
        counter.add(row, at: at)
        expected.add(each: rows[row], at: at)
      }
      found.add(counter)
    }
    let (left, right) = (found.sorted(), expected.sorted())
    #expect(left.map(\.values) == right.map(\.values))
    #expect(left.map(\.group) == right.map(\.group))
  }

  @Test("What finds no room is counted together and told")
  func bounds() {
    var counts = ValueCounts(["f"])
    for number in 0..<(ValueCounts.mostGroups + 5) { counts.add(["\(number)"], .init(count: 2)) }
    #expect(counts.count == ValueCounts.mostGroups && counts.others == 10)
    #expect(counts.notices(shown: 3).contains { $0.contains("10 occurrences") })
    var wide = ValueCounts(["a", "b"])
    let values = (0..<200).map(String.init)
    wide.add(each: [values, values], at: nil)
    #expect(wide.count <= ValueCounts.mostOfOneEvent && wide.cutEvents == 1)
  }

  @Test("A histogram widens its bars with the time that comes in, and loses none")
  func widens() {
    var histogram = TimeHistogram()
    for second in 0..<50 { histogram.add(time(Int64(second))) }
    #expect(histogram.bars().width == 1 && histogram.bars().bars.count == 50)
    var other = TimeHistogram()
    for day in 0..<400 { other.add(time(Int64(day) * 86_400 + 7)) }
    other.add(time(3_155_760_000))
    histogram.merge(other)
    let (width, bars) = histogram.bars()
    #expect(bars.reduce(0) { $0 + $1.count } == 451)
    #expect(TimeHistogram.widths.contains(width) && bars.count <= 60)
    #expect(zip(bars, bars.dropFirst()).allSatisfy { $0.start < $1.start })
  }

  @Test("A width that is asked for is kept, before 1970 too, until there are too many bars")
  func fixed() {
    var histogram = TimeHistogram(width: 3600)
    for hour in -10..<10 { histogram.add(time(Int64(hour) * 3600 + 59)) }
    #expect(histogram.bars().width == 3600)
    #expect(histogram.bars().bars.map(\.start) == (-10..<10).map { time(Int64($0) * 3600) })
    for hour in 0..<30_000 { histogram.add(time(Int64(hour) * 3600)) }
    #expect(histogram.isWidened && histogram.bars().bars.reduce(0) { $0 + $1.count } == 30_020)
  }

  @Test("Sorting puts numbers before texts and what has no value last, either way")
  func sorting() {
    let values = ["10", "9", nil, "b", "a"].map { SortValue($0) }
    func sorted(_ text: String) -> [SortValue] {
      let key = SortKey(text)!
      return values.sorted { SortKey.precedes([$0], [$1], [key]) ?? false }
    }
    #expect(sorted("f") == ["9", "10", "a", "b", nil].map { SortValue($0) })
    #expect(sorted("f:desc") == ["b", "a", "10", "9", nil].map { SortValue($0) })
    #expect(SortKey("f:up") == nil && SortKey("") == nil && SortKey(":desc") == nil)
  }
}
