import Events

/// Counts combinations of values over the rows of one batch, by the codes of columns; the values themselves are looked at
/// once for each combination.
struct ColumnCounter {
  private let columns: [Column?]
  /// The number of each pair of a combination of the fields before and a code.
  private var pairs: [UInt64: Int] = [:]
  /// The codes of each numbered combination of all fields.
  private var combinations: [[UInt32]] = []
  private var groups: [ValueCounts.Group] = []
  private var cutEvents = 0
  /// Numbers given to combinations of some of the fields.
  private var partial = 0

  init(_ columns: [Column?]) { self.columns = columns }

  /// Counts a row: each combination of its values; a field without a value counts as having none.
  mutating func add(_ row: Int, at time: Timestamp?) {
    guard !columns.isEmpty else { return }
    if columns.count == 1 {
      return forEachCode(columns[0], row, most: ValueCounts.mostOfOneEvent) { code, counter in
        counter.count(number: counter.number(0, code), [code], time)
      }
    }
    var open: [(number: Int, codes: [UInt32])] = [(0, [])]
    for column in columns {
      var next: [(Int, [UInt32])] = []
      for (number, codes) in open {
        let room = max(1, ValueCounts.mostOfOneEvent - next.count)
        forEachCode(column, row, most: room) { code, counter in
          next.append((counter.number(number, code), codes + [code]))
        }
        guard next.count < ValueCounts.mostOfOneEvent else {
          if open.count > 1 { cutEvents += 1 }
          break
        }
      }
      open = next
    }
    for (number, codes) in open { count(number: number, codes, time) }
  }

  private mutating func forEachCode(
    _ column: Column?, _ row: Int, most: Int, _ body: (UInt32, inout ColumnCounter) -> Void
  ) {
    guard let codes = column?.codes(row: row), !codes.isEmpty else { return body(0, &self) }
    if codes.count > most { cutEvents += 1 }
    for code in codes.prefix(most) { body(code, &self) }
  }

  private mutating func number(_ before: Int, _ code: UInt32) -> Int {
    let key = UInt64(before) << 32 | UInt64(code)
    if let number = pairs[key] { return number }
    partial += 1
    pairs[key] = partial
    return partial
  }

  /// Places of combinations by their numbers; 0 stands for none yet.
  private var places: [Int] = []

  private mutating func count(number: Int, _ codes: [UInt32], _ time: Timestamp?) {
    if number >= places.count { places += repeatElement(0, count: number + 1 - places.count) }
    if places[number] == 0 {
      combinations.append(codes)
      groups.append(ValueCounts.Group(count: 0, first: time, last: time))
      places[number] = combinations.count
    }
    let place = places[number] - 1
    groups[place].merge(ValueCounts.Group(count: 1, first: time, last: time))
  }

  /// Adds what was counted to counts by value.
  func finish(into counts: inout ValueCounts) {
    for (codes, group) in zip(combinations, groups) {
      counts.add(zip(columns, codes).map { column, code in code == 0 ? nil : column?.dictionary.text(code) }, group)
    }
    for _ in 0..<cutEvents { counts.noteCutEvent() }
  }
}
