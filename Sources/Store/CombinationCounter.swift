import Events

/// Counts combinations of values over the rows of one batch, by the codes of columns; the values themselves are looked at
/// once for each combination.
public struct CombinationCounter {
  /// Combinations that one event adds to at most.
  public static let mostOfOneEvent = 1000

  /// What one combination came to.
  public struct Tally {
    /// A code for each column, 0 for no value.
    public let codes: [UInt32]
    public fileprivate(set) var count = 0
    /// The times of the first and the last row that has one, and these rows.
    public fileprivate(set) var first: (time: Timestamp, row: Int)?
    public fileprivate(set) var last: (time: Timestamp, row: Int)?
  }

  private let columns: [Column?]
  /// Says of two rows of one time whether the first comes before the second.
  private let precedes: (Int, Int) -> Bool
  /// The number of each pair of a combination of the fields before and a code.
  private var pairs: [UInt64: Int] = [:]
  public private(set) var tallies: [Tally] = []
  /// Events of which not all combinations were counted.
  public private(set) var cutEvents = 0
  /// Numbers given to combinations of some of the fields.
  private var partial = 0
  /// Places of combinations by their numbers; 0 stands for none yet.
  private var places: [Int] = []

  /// - Parameters:
  ///   - columns: in which a row has each of its values once, as in a column of terms.
  ///   - precedes: which of two rows of one time is the first; the one that is counted first unless given.
  public init(_ columns: [Column?], precedes: @escaping (Int, Int) -> Bool = { _, _ in false }) {
    self.columns = columns
    self.precedes = precedes
  }

  /// Counts a row: each combination of its values; a field without a value counts as having none.
  ///
  /// - Parameter each: gets the place in `tallies` of each combination.
  public mutating func add(_ row: Int, at time: Timestamp?, each: (Int) -> Void = { _ in }) {
    if columns.count == 1 {
      return forEachCode(columns[0], row, most: Self.mostOfOneEvent) { code, counter in
        each(counter.count(number: counter.number(0, code), row, time) { [code] })
      }
    }
    var open: [(number: Int, codes: [UInt32])] = [(0, [])]
    for column in columns {
      var next: [(Int, [UInt32])] = []
      for (number, codes) in open {
        let room = max(1, Self.mostOfOneEvent - next.count)
        forEachCode(column, row, most: room) { code, counter in
          next.append((counter.number(number, code), codes + [code]))
        }
        guard next.count < Self.mostOfOneEvent else {
          if open.count > 1 { cutEvents += 1 }
          break
        }
      }
      open = next
    }
    for (number, codes) in open { each(count(number: number, row, time) { codes }) }
  }

  private mutating func forEachCode(
    _ column: Column?, _ row: Int, most: Int, _ body: (UInt32, inout CombinationCounter) -> Void
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

  private mutating func count(
    number: Int, _ row: Int, _ time: Timestamp?, _ codes: () -> [UInt32]
  ) -> Int {
    if number >= places.count { places += repeatElement(0, count: number + 1 - places.count) }
    if places[number] == 0 {
      tallies.append(Tally(codes: codes()))
      places[number] = tallies.count
    }
    let place = places[number] - 1
    tallies[place].count += 1
    if let time {
      let isFirst = tallies[place].first.map { $0.time == time ? precedes(row, $0.row) : time < $0.time } ?? true
      if isFirst { tallies[place].first = (time, row) }
      let isLast = tallies[place].last.map { $0.time == time ? precedes($0.row, row) : $0.time < time } ?? true
      if isLast { tallies[place].last = (time, row) }
    }
    return place
  }

  /// The values of a combination; nil where there is none.
  public func values(_ tally: Tally) -> [String?] {
    zip(columns, tally.codes).map { column, code in code == 0 ? nil : column?.dictionary.text(code) }
  }
}
