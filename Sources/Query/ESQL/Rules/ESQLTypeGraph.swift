/// Which fields and expressions are of one type, and of which.
struct ESQLTypeGraph {
  private struct Entry {
    /// The entry that this one is alike to; itself where it stands for all that are.
    var parent: Int
    /// How many stand behind it.
    var size = 1
    var type: DataType?
    /// True for some number, of whichever width.
    var isNumber = false
    /// True where a field is among them.
    var isField: Bool
  }

  private var entries: [Entry] = []
  /// Set by everything new of fields.
  var hasChanged = false

  mutating func add(_ type: DataType?, isField: Bool = false) -> Int {
    entries.append(Entry(parent: entries.count, type: type?.withoutText, isField: isField))
    return entries.count - 1
  }

  private func root(_ entry: Int) -> Int {
    var root = entry
    while entries[root].parent != root { root = entries[root].parent }
    return root
  }

  func type(_ entry: Int) -> DataType? { entries[root(entry)].type }

  private mutating func set(_ root: Int, _ type: DataType) {
    entries[root].type = type.withoutText
    if entries[root].isField { hasChanged = true }
  }

  /// Notes that a value is of a type, unless something else is known of it.
  ///
  /// - Parameter isExact: also of a number's width; else a number of 32 bits stands for one of 64.
  mutating func need(_ entry: Int?, _ type: DataType, isExact: Bool = false) {
    guard let entry, self.type(entry) == nil, type != .null else { return }
    let root = root(entry)
    guard entries[root].isNumber else { return set(root, !isExact && type == .integer ? .long : type) }
    guard type.isNumeric else { return }
    // A field that was taken for some number before may hold decimals, whatever it is compared with.
    set(root, !isExact && type.isWhole ? .double : type)
  }

  mutating func needNumber(_ entry: Int?) {
    guard let entry else { return }
    let root = root(entry)
    guard entries[root].type == nil, !entries[root].isNumber else { return }
    entries[root].isNumber = true
    if entries[root].isField { hasChanged = true }
  }

  /// Notes that two values are of one type, whatever the width of numbers.
  mutating func alike(_ left: Int?, _ right: Int?) {
    guard let left, let right else { return }
    switch (type(left), type(right)) {
    case (nil, nil): join(left, right)
    case (nil, let type?): need(left, type)
    case (let type?, nil): need(right, type)
    case (_?, _?): break
    }
  }

  private mutating func join(_ left: Int, _ right: Int) {
    let (left, right) = (root(left), root(right))
    guard left != right else { return }
    let (larger, smaller) = entries[left].size < entries[right].size ? (right, left) : (left, right)
    let (one, other) = (entries[larger], entries[smaller])
    if one.isField && other.isField || (one.isField || other.isField) && one.isNumber != other.isNumber {
      hasChanged = true
    }
    entries[smaller].parent = larger
    entries[larger].size += other.size
    entries[larger].isNumber = one.isNumber || other.isNumber
    entries[larger].isField = one.isField || other.isField
  }

  /// Notes that the values of one function are of one type, to which numbers widen: no wider than the first that is one.
  mutating func unify(_ values: [Int]) {
    // What is always null is of any type.
    let values = values.filter { type($0) != .null }
    let open = values.indices.filter { type(values[$0]) == nil }
    let typed = values.compactMap { type($0) }
    guard let first = values.firstIndex(where: { type($0) != nil }), let type = typed.first else {
      for (one, other) in zip(values, values.dropFirst()) { join(one, other) }
      return
    }
    guard type.isNumeric, type != .unsignedLong else {
      for place in open { need(values[place], type, isExact: true) }
      return
    }
    // One before all that are known is as wide as the widest of them, and all others as the first that is known.
    let widest = typed.reduce(DataType.long) { DataType.common($0, $1) ?? $0 }
    let isLed = open.first.map { $0 < first } ?? false
    for place in open { need(values[place], isLed ? widest : type, isExact: true) }
  }

  /// Takes what may be any number for one with decimals. False where there is none.
  mutating func widenNumbers() -> Bool {
    var isAny = false
    for (place, entry) in entries.enumerated()
    where entry.parent == place && entry.isField && entry.isNumber && entry.type == nil {
      entries[place].type = .double
      isAny = true
    }
    return isAny
  }
}
