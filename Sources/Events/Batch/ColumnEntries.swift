/// The entries of a column, in memory of their own which `ColumnEntries` owns: codes, and the rows that they belong to,
/// ascending. Nothing counts references while it grows.
struct EntryList {
  private(set) var codes: UnsafeMutablePointer<UInt32>
  private(set) var rows: UnsafeMutablePointer<UInt32>
  private(set) var count = 0
  private var capacity: Int
  /// True when some row has several entries.
  private(set) var hasSeveral = false
  /// Where the entries of the last row start.
  private(set) var lastStart = 0
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
    if row == lastRow { hasSeveral = true } else { lastStart = count }
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
    lastStart = 0
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

/// What owns the entries of a column. Those of a stored column may be read when they are first asked for.
final class ColumnEntries {
  private let storage: UnsafeMutablePointer<EntryList>
  private var load: ((inout EntryFiller) -> Void)?

  init(capacity: Int = 0) {
    storage = .allocate(capacity: 1)
    storage.initialize(to: EntryList(capacity: capacity))
  }

  /// Entries that `load` gives when somebody asks for them.
  init(capacity: Int, load: @escaping (inout EntryFiller) -> Void) {
    self.load = load
    storage = .allocate(capacity: 1)
    storage.initialize(to: EntryList(capacity: 0))
    self.capacity = capacity
  }

  private var capacity = 0

  var list: UnsafeMutablePointer<EntryList> {
    @inline(__always) get {
      if load != nil { fill() }
      return storage
    }
  }

  @inline(never)
  private func fill() {
    guard let load else { return }
    self.load = nil
    storage.pointee.deallocate()
    storage.pointee = EntryList(capacity: capacity)
    var filler = EntryFiller(list: storage)
    load(&filler)
  }

  deinit {
    storage.pointee.deallocate()
    storage.deallocate()
  }
}

/// Where the entries of a column are put that are read late.
public struct EntryFiller {
  fileprivate let list: UnsafeMutablePointer<EntryList>

  /// Adds an entry; rows come in ascending order, and codes are those of the column's dictionary.
  @inline(__always)
  public mutating func append(_ code: UInt32, row: Int) { list.pointee.append(code, row: row) }
}
