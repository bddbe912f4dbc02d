import Events

/// How a column lies in a segment: an entry of the directory in the footer, but for its path.
struct ColumnShape: Sendable {
  enum Rows: UInt8, Sendable {
    /// Every row has a value.
    case every = 0
    /// A bit for each row says whether it has one.
    case bitmap = 1
    /// The rows that have one are listed, each as the distance from the one before.
    case listed = 2
  }

  enum Codes: UInt8, Sendable {
    /// Every entry has the number of its value, in as few bits as all need: none where all have the same.
    case packed = 0
    /// Entry `i` has value `i`.
    case sequential = 1
    /// Every entry is the text of its row's id; there are no values and no codes.
    case identity = 2
    /// Every entry is the text of its row's time; there are no values and no codes.
    case time = 3

    /// True where values are made of the heads of the rows.
    var isOfHeads: Bool { self == .identity || self == .time }
  }

  /// Which rows have a value, how values and codes are written.
  var flags: ColumnFlags
  /// Bits of a code.
  private var bits: UInt8
  /// 1 and the number of the filter; 0 where there is none.
  private var filterPlace: UInt16 = 0
  /// Values of all rows.
  @Narrow var entryCount: Int
  /// Rows with a value.
  @Narrow var presentCount: Int
  /// Distinct values; at most so many where they are those of `sequential` and the two behind it. Where hardly any came
  /// again, a value may stand more than once.
  @Narrow var valueCount: Int
  /// What the column takes of the values and of the codes.
  @Narrow var valueBytes: Int
  @Narrow var codeBytes: Int
  /// Where that starts, from the start of all values and all codes.
  @Narrow var valuesStart = 0
  @Narrow var codesStart = 0

  var rows: Rows { flags.rows }
  /// True when some row has several values: then how many each has is listed.
  var hasCounts: Bool { flags.hasCounts }
  var codes: Codes { flags.codes }
  /// The kind of all values; nil when they differ.
  var kind: ScalarKind? { flags.kind }

  var width: Int {
    get { Int(bits) }
    set { bits = UInt8(newValue) }
  }

  /// The length of all values; nil when they differ. It is worked out, and not for every value.
  var length: Int? { flags.hasLength ? (valueBytes - (kind == nil ? valueCount : 0)) / valueCount : nil }

  /// The block of the filter over the column's values; nil where it has none.
  var filter: Int? {
    get { filterPlace == 0 ? nil : Int(filterPlace) - 1 }
    set { filterPlace = newValue.map { UInt16($0 + 1) } ?? 0 }
  }

  func append(to footer: inout ByteRoom, version: UInt32) {
    footer.append(flags.byte)
    if rows != .every { footer.append(varint: presentCount) }
    if hasCounts { footer.append(varint: entryCount) }
    if codes == .packed {
      footer.append(varint: valueCount)
      footer.append(bits)
    }
    if let length { footer.append(varint: length) }
    footer.append(varint: valueBytes)
    footer.append(varint: codeBytes)
    if version >= 2 { footer.append(filter == nil ? 0 : 1) }
  }

  /// Reads an entry of the directory of a batch of so many rows, behind its path.
  init(_ reader: inout ByteReader, rowCount: Int, _ totals: inout BatchShape.Totals) throws(SegmentFault) {
    guard let flags = ColumnFlags(try reader.byte()) else {
      throw reader.fault("a column has a layout that is none")
    }
    self.flags = flags
    let presentCount =
      flags.rows == .every ? rowCount : try reader.count(upTo: rowCount, "the number of rows with a value")
    let entryCount =
      flags.hasCounts ? try reader.count(upTo: SegmentFormat.mostEntries, "the number of entries") : presentCount
    guard presentCount > 0, entryCount >= presentCount else { throw reader.fault("a column has too few values") }
    var valueCount = entryCount
    bits = 0
    if flags.codes == .packed {
      valueCount = try reader.count(upTo: entryCount, "the number of values")
      bits = try reader.byte()
      guard valueCount > 0, bits <= 32 else { throw reader.fault("a column has codes that are none") }
    }
    let length =
      flags.hasLength ? try reader.count(upTo: SegmentFormat.mostColumnBytes, "the length of a value") : nil
    let valueBytes = try reader.count(upTo: SegmentFormat.mostColumnBytes, "the length of values")
    codeBytes = try reader.count(upTo: SegmentFormat.mostColumnBytes, "the length of codes")
    (self.presentCount, self.entryCount) = (presentCount, entryCount)
    (self.valueCount, self.valueBytes) = (valueCount, valueBytes)
    if totals.version >= 2 {
      switch try reader.byte() {
      case 0: break
      case 1:
        filter = totals.filters
        totals.filters += 1
      default: throw reader.fault("a column does not say whether it has a filter")
      }
    }
    guard filter == nil || !codes.isOfHeads else { throw reader.fault("a column of ids or times has a filter") }
    if codes.isOfHeads {
      guard !hasCounts, kind == .string, length == nil, valueBytes == 0 else {
        throw reader.fault("a column of ids or times has values")
      }
    } else if let length {
      let lead = kind == nil ? valueCount : 0
      guard lead + valueCount * length == valueBytes else { throw reader.fault("values have another length") }
    }
  }

  /// A column whose values and codes are still to be written.
  init(_ flags: ColumnFlags, entryCount: Int, presentCount: Int, valueCount: Int, width: Int) {
    self.flags = flags
    bits = UInt8(width)
    self.entryCount = entryCount
    self.presentCount = presentCount
    self.valueCount = valueCount
    valueBytes = 0
    codeBytes = 0
  }
}
