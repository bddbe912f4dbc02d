import Events

/// Reads columns of batches as cells of typed values; a value that the field's type cannot read, or that is not indexed, is
/// none. Values that stay from batch to batch are read once. One worker's own.
public final class CellReader {
  public let field: FieldType
  public let type: DataType
  /// What is kept of several values of a row; nil keeps each once, in the order in which they come first.
  public let keeping: ValueKeeping?
  /// True where the last column had values among those that were wanted that are none.
  public private(set) var leavesOut = false
  private var generation: UInt64 = 0
  /// What a row has without a value.
  private let blank: Cell
  /// Room for all values of a dictionary is made once it is read a second time: many are read once.
  private var remembers = false
  private var known: [Value?] = []
  private var isKnown: [Bool] = []

  public init(_ field: FieldType, keeping: ValueKeeping? = nil) {
    self.field = field
    type = DataType(field)
    blank = if case .constant(let value) = field { .text(value) } else { .none }
    self.keeping = keeping
  }

  /// The value of a code of a dictionary.
  public func value(_ code: UInt32, in dictionary: ValueDictionary) -> Value? {
    if generation != dictionary.generation {
      generation = dictionary.generation
      known = []
      isKnown = []
      remembers = false
    }
    guard remembers else { return dictionary.withValue(code) { Value($0, as: field) } }
    let place = Int(code)
    if place >= known.count {
      let more = max(dictionary.count + 1, place + 1) - known.count
      known += [Value?](repeating: nil, count: more)
      isKnown += [Bool](repeating: false, count: more)
    }
    if !isKnown[place] {
      known[place] = dictionary.withValue(code) { Value($0, as: field) }
      isKnown[place] = true
    }
    return known[place]
  }

  /// The cells of a column; nil stands for one that the batch does not have.
  ///
  /// - Parameter rows: those whose cells are wanted; others may be read as none.
  public func cells(_ column: Column?, rowCount: Int, only rows: Bitmap? = nil) -> CellColumn {
    leavesOut = false
    guard let column, !column.isEmpty else { return CellColumn(type, constant: blank, rowCount: rowCount) }
    let dictionary = column.dictionary
    remembers = generation == dictionary.generation
    var list = [UInt32](repeating: 0, count: rowCount)
    var cells: [Cell] = [blank]
    var placeOfCode = [UInt32](repeating: .max, count: dictionary.count + 1)
    var placeOfList: [[UInt32]: UInt32] = [:]
    var several: [Int: [UInt32]] = [:]
    var last = -1
    var lastCode: UInt32 = 0
    func place(_ code: UInt32) -> UInt32 {
      if placeOfCode[Int(code)] == .max {
        if let value = value(code, in: dictionary) {
          placeOfCode[Int(code)] = UInt32(cells.count)
          cells.append(.one(value))
        } else {
          placeOfCode[Int(code)] = 0
          leavesOut = true
        }
      }
      return placeOfCode[Int(code)]
    }
    func take(_ row: Int, _ code: UInt32) {
      if row == last {
        several[row, default: [lastCode]].append(code)
      } else {
        list[row] = place(code)
      }
      (last, lastCode) = (row, code)
    }
    if let rows {
      // Few rows are looked up; of many all entries are gone through.
      if rows.cardinality * 16 < column.entryCount {
        rows.forEach { row in for code in column.codes(row: row) { take(row, code) } }
      } else {
        column.forEachEntry { row, code in if rows.contains(row) { take(row, code) } }
      }
    } else {
      column.forEachEntry { take($0, $1) }
    }
    for (row, all) in several {
      var codes = all
      if keeping == nil || keeping == .once {
        var seen: Set<UInt32> = []
        codes = all.filter { seen.insert($0).inserted }
      }
      if let known = placeOfList[codes] {
        list[row] = known
        continue
      }
      let found = codes.compactMap { value($0, in: dictionary) }
      if found.count < codes.count { leavesOut = true }
      let values = kept(found)
      let place = UInt32(cells.count)
      cells.append(Cell(values))
      placeOfList[codes] = place
      list[row] = place
    }
    return CellColumn(type, cells: cells, codes: CellColumn.Codes(list))
  }

  /// What is kept of the values of a row, as they came.
  private func kept(_ values: [Value]) -> [Value] {
    guard keeping == .once || keeping == .sorted else { return values }
    let ordered = values.sorted { ($0.order($1) ?? 0) < 0 }
    guard keeping == .once else { return ordered }
    var result: [Value] = []
    for value in ordered where result.last != value { result.append(value) }
    return result
  }
}

extension Value {
  /// What a field of a type keeps of a value for comparing; nil where it keeps none.
  public init?(_ value: Scalar, as type: FieldType) {
    switch type {
    case .keyword(let limit):
      guard ValueMatcher.isWithin(limit, value.bytes) else { return nil }
      self = .text(value.text)
    case .wildcard, .constant, .analyzed, .flattened: self = .text(value.text)
    case .version: self = .version(SemanticVersion(value.text))
    case .integer:
      guard let whole = Number(value, isInteger: true)?.wholeValue else { return nil }
      self = .whole(whole)
    case .double:
      guard let number = Number(value, isInteger: false) else { return nil }
      self = .double(number.value)
    case .narrow(let kind):
      guard let place = kind.place(value) else { return nil }
      let text = kind.text(at: place)
      if case .whole = kind {
        self = .whole(place)
      } else if case .unsignedLong = kind {
        guard let whole = UInt64(text) else { return nil }
        self = .unsigned(whole)
      } else {
        guard let double = Double(text) else { return nil }
        self = .double(double)
      }
    case .boolean:
      guard let boolean = ValueMatcher.boolean(value) else { return nil }
      self = .boolean(boolean)
    case .date(let format):
      guard let time = ValueMatcher.date(value, format) else { return nil }
      self = .whole(time.milliseconds)
    case .dateNanos(let format):
      guard let nanos = DateNanos.value(value, format) else { return nil }
      self = .whole(nanos)
    case .ip:
      guard value.kind == .string, let address = IPAddress(value.bytes) else { return nil }
      self = .address(address)
    case .dynamic, .object:
      switch value.kind {
      case .boolean: self = .boolean(value.bytes.equals("true"))
      case .number:
        guard let number = Number(value, isInteger: false) else { return nil }
        if let whole = number.wholeValue, !value.bytes.contains(where: { ".eE".utf8.contains($0) }) {
          self = .whole(whole)
        } else {
          self = .double(number.value)
        }
      case .string:
        guard ValueMatcher.isWithin(ValueMatcher.dynamicLimit, value.bytes) else { return nil }
        self = .text(value.text)
      }
    case .nested, .geoPoint, .binary: return nil
    }
  }
}
