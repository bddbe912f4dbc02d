import Events

/// How a column lies in a segment: an entry of the directory in the footer.
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

  var path: String
  var rows: Rows
  /// True when some row has several values: then how many each has is listed.
  var hasCounts: Bool
  var codes: Codes
  /// The kind of all values; nil when they differ.
  var kind: ScalarKind?
  /// The length of all values; nil when they differ.
  var length: Int?
  /// Values of all rows.
  var entryCount: Int
  /// Rows with a value.
  var presentCount: Int
  /// Distinct values; at most so many where they are those of `sequential` and the two behind it. Where hardly any came
  /// again, a value may stand more than once.
  var valueCount: Int
  /// Bits of a code.
  var width: Int
  /// What the column takes of the values and of the codes.
  var valueBytes: Int
  var codeBytes: Int
  /// The block of the filter over the column's values; nil where it has none.
  var filter: Int?
  /// Where that starts, from the start of all values and all codes.
  var valuesStart = 0
  var codesStart = 0

  func append(to footer: inout ByteRoom, version: UInt32) {
    footer.append(text: path)
    footer.append(
      rows.rawValue | (hasCounts ? 4 : 0) | codes.rawValue << 3 | (kind?.rawValue ?? 0) << 5 | (length == nil ? 0 : 128)
    )
    if rows != .every { footer.append(varint: presentCount) }
    if hasCounts { footer.append(varint: entryCount) }
    if codes == .packed {
      footer.append(varint: valueCount)
      footer.append(UInt8(width))
    }
    if let length { footer.append(varint: length) }
    footer.append(varint: valueBytes)
    footer.append(varint: codeBytes)
    if version >= 2 { footer.append(filter == nil ? 0 : 1) }
  }

  /// Reads an entry of the directory of a batch of so many rows.
  init(_ reader: inout ByteReader, rowCount: Int, _ totals: inout BatchShape.Totals) throws(SegmentFault) {
    path = try reader.text("the length of a path")
    let flags = try reader.byte()
    guard let rows = Rows(rawValue: flags & 3), let codes = Codes(rawValue: flags >> 3 & 3) else {
      throw reader.fault("a column has a layout that is none")
    }
    self.rows = rows
    self.codes = codes
    hasCounts = flags & 4 != 0
    kind = ScalarKind(rawValue: flags >> 5 & 3)
    presentCount = rows == .every ? rowCount : try reader.count(upTo: rowCount, "the number of rows with a value")
    entryCount =
      hasCounts ? try reader.count(upTo: SegmentFormat.mostEntries, "the number of entries") : presentCount
    guard presentCount > 0, entryCount >= presentCount else { throw reader.fault("a column has too few values") }
    valueCount = entryCount
    width = 0
    if codes == .packed {
      valueCount = try reader.count(upTo: entryCount, "the number of values")
      width = Int(try reader.byte())
      guard valueCount > 0, width <= 32 else { throw reader.fault("a column has codes that are none") }
    }
    length = flags & 128 == 0 ? nil : try reader.count(upTo: SegmentFormat.mostColumnBytes, "the length of a value")
    valueBytes = try reader.count(upTo: SegmentFormat.mostColumnBytes, "the length of values")
    codeBytes = try reader.count(upTo: SegmentFormat.mostColumnBytes, "the length of codes")
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

  init(
    path: String, rows: Rows, hasCounts: Bool, codes: Codes, kind: ScalarKind?, length: Int?, entryCount: Int,
    presentCount: Int, valueCount: Int, width: Int, valueBytes: Int, codeBytes: Int
  ) {
    self.path = path
    self.rows = rows
    self.hasCounts = hasCounts
    self.codes = codes
    self.kind = kind
    self.length = length
    self.entryCount = entryCount
    self.presentCount = presentCount
    self.valueCount = valueCount
    self.width = width
    self.valueBytes = valueBytes
    self.codeBytes = codeBytes
  }
}
