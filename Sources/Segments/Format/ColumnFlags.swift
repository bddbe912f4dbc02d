import Events

/// What the directory says of a column in one byte: see Documentation/segments.md for its bits.
struct ColumnFlags: Sendable {
  private(set) var byte: UInt8

  /// Nil where the byte tells of rows in a way that is none.
  init?(_ byte: UInt8) {
    guard ColumnShape.Rows(rawValue: byte & 3) != nil else { return nil }
    self.byte = byte
  }

  /// A value in every row, and strings of any length, unless it is changed.
  init(_ codes: ColumnShape.Codes, hasCounts: Bool) {
    byte = (hasCounts ? 4 : 0) | codes.rawValue << 3 | ScalarKind.string.rawValue << 5
  }

  var rows: ColumnShape.Rows {
    get { ColumnShape.Rows(rawValue: byte & 3) ?? .listed }
    set { byte = byte & ~3 | newValue.rawValue }
  }

  /// True when some row has several values.
  var hasCounts: Bool { byte & 4 != 0 }

  var codes: ColumnShape.Codes {
    get { ColumnShape.Codes(rawValue: byte >> 3 & 3) ?? .time }
    set { byte = byte & ~(3 << 3) | newValue.rawValue << 3 }
  }

  /// The kind of all values; nil when they differ.
  var kind: ScalarKind? {
    get { ScalarKind(rawValue: byte >> 5 & 3) }
    set { byte = byte & ~(3 << 5) | (newValue?.rawValue ?? 0) << 5 }
  }

  /// True when all values have one length.
  var hasLength: Bool {
    get { byte & 128 != 0 }
    set { byte = byte & ~128 | (newValue ? 128 : 0) }
  }
}
