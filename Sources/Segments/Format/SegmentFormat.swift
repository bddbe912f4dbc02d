/// The numbers of the format of segments: see Documentation/segments.md, which says why they are these.
enum SegmentFormat {
  /// "MARTLSEG", the first eight bytes of a file.
  static let headerMagic: UInt64 = 0x4745_534C_5452_414D
  /// "SEGMTEND", the last eight.
  static let trailerMagic: UInt64 = 0x444E_4554_4D47_4553
  /// What a writer makes; a reader knows those before it too.
  static let version: UInt32 = 4

  static let headerBytes = 16
  static let blockHeaderBytes = 16
  static let trailerBytes = 24
  static let identityBytes = 24

  // Bounds, which a writer refuses to go beyond and a reader takes for damage.
  static let largestBlock = 64 << 20
  static let mostBlocks = 1 << 20
  static let mostRows = 4 << 20
  static let mostColumns = 20_000
  static let longestPath = 64 << 10
  static let deepestNesting = 8
  /// Values of all columns together, rows counted as often as they have one: 8 bytes each once they are read.
  static let mostEntries = 64 << 20
  /// Bytes of all columns, unpacked.
  static let mostColumnBytes = 1 << 30

  // What a writer does; a reader does not depend on it.
  static let level: Int32 = 1
  static let sourceBlock = 256 << 10
  /// Columns share a block until it has so many bytes.
  static let columnBlock = 64 << 10
  /// A column of more bytes is cut.
  static let columnCut = 1 << 20

  /// A column of so many distinct values has a filter, where they have at most so many bytes on an average: what is longer is
  /// seldom asked for as a whole.
  static let filteredValues = 1024
  static let filteredValueBytes = 128
  /// Bits of a filter for each value: of 200 values that are not there one seems to be.
  static let filterBits = 12

  static let identitiesOfBlock = 2048
  /// Zeros behind whatever is unpacked.
  static let padding = 64
}

/// What a block holds. In a file they stand in this order.
enum BlockKind: UInt8, Sendable {
  case sources = 1
  case identities = 2
  case times = 3
  case contents = 4
  case values = 5
  case codes = 6
  case footer = 7
  case filters = 8
}

enum BlockCodec: UInt8, Sendable {
  case stored = 0
  case zstd = 1
  /// A gzip member as it came, behind where the texts lie in it: source texts only, from version 4 on.
  case gzip = 2
}

/// Where a block lies, and how long it is.
struct BlockPlace: Sendable, CustomStringConvertible {
  var kind: BlockKind
  /// Which one of its kind, from 0.
  @Narrow var number: Int
  /// Where its header starts in the file.
  var offset: Int
  @Narrow var rawBytes: Int
  @Narrow var storedBytes: Int

  var end: Int { offset + SegmentFormat.blockHeaderBytes + storedBytes }

  var description: String {
    switch kind {
    case .sources: "source block \(number)"
    case .identities: "identity block \(number)"
    case .times: "time block"
    case .contents: "content block"
    case .values: "value block \(number)"
    case .codes: "code block \(number)"
    case .footer: "footer"
    case .filters: "filter block \(number)"
    }
  }
}
