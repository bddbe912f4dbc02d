/// The entries of a column, in memory of their own which `ColumnEntries` owns: codes, and the rows that they belong to,
/// ascending. Nothing counts references while it grows.
struct EntryList {
  private(set) var codes: UnsafeMutablePointer<UInt32>
  private(set) var rows: UnsafeMutablePointer<UInt32>
  private(set) var count = 0
  private var capacity: Int
  /// True when some row has several entries.
  private(set) var hasSeveral = false
  /// Bits in which some code differs from the first.
  private var differences: UInt32 = 0

  fileprivate init(capacity: Int) {
    self.capacity = capacity
    codes = .allocate(capacity: capacity)
    rows = .allocate(capacity: capacity)
  }

  fileprivate func deallocate() {
    codes.deallocate()
    rows.deallocate()
  }

  /// True when all codes are the same.
  var isConstant: Bool { differences == 0 }

  /// The row of the last entry; -1 while there is none.
  var lastRow: Int { count == 0 ? -1 : Int(rows[count - 1]) }

  /// Adds an entry; rows come in ascending order.
  @inline(__always)
  mutating func append(_ code: UInt32, row: Int) {
    if count == capacity { grow() }
    if row == lastRow { hasSeveral = true }
    codes[count] = code
    rows[count] = UInt32(truncatingIfNeeded: row)
    count += 1
    differences |= code ^ codes[0]
  }

  @inline(never)
  private mutating func grow() {
    let more = max(8, capacity * 2)
    func grown(_ list: UnsafeMutablePointer<UInt32>) -> UnsafeMutablePointer<UInt32> {
      let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: more)
      larger.update(from: list, count: count)
      list.deallocate()
      return larger
    }
    codes = grown(codes)
    rows = grown(rows)
    capacity = more
  }

  mutating func removeAll() {
    count = 0
    hasSeveral = false
    differences = 0
  }

  /// The first entry of a row, or where it would be.
  func first(_ row: Int) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < row { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// What owns the entries of a column.
final class ColumnEntries {
  let list: UnsafeMutablePointer<EntryList>

  init(capacity: Int = 0) {
    list = .allocate(capacity: 1)
    list.initialize(to: EntryList(capacity: capacity))
  }

  deinit {
    list.pointee.deallocate()
    list.deallocate()
  }
}
