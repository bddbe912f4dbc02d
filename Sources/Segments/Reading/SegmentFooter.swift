import Events

/// What the end of a segment's file says of the rest, checked against the length of the file and in itself.
struct SegmentFooter: Sendable {
  let dataStream: String
  let rowCount: Int
  let times: ClosedRange<Timestamp>?
  let sourceBytes: Int
  let place: BlockPlace
  /// All blocks but the footer, in their order in the file.
  let blocks: [BlockPlace]
  let sources: BlockRun
  /// The first row of each block of sources, and the number of rows.
  let sourceRows: [Int]
  /// Of each block of sources that is a gzip member as it came: bytes of its texts; nil of the others.
  let memberTexts: [Int?]
  let identities: BlockRun
  /// The first id of each block of ids.
  let fences: [EventID]
  let timeBlock: BlockPlace?
  let contentBlock: BlockPlace?
  let values: BlockRun
  let codes: BlockRun
  let filters: BlockRun
  /// Where each block of values and of codes starts among the bytes of all, and where the last ends.
  let valueStarts: [Int]
  let codeStarts: [Int]
  let batch: BatchShape
  let totals: BatchShape.Totals

  /// - Parameter paths: where the paths of columns are kept that other segments have too.
  init(
    _ file: UnsafeRawBufferPointer, isChecked: Bool, sharing paths: SharedPaths
  ) throws(SegmentFault) {
    let (footer, version) = try Self.place(file, isChecked: isChecked)
    var room = ByteRoom()
    defer { withExtendedLifetime(room) {} }
    try BlockUnpacker(file, isChecked: isChecked).unpack(footer, into: &room)
    var reader = ByteReader(room.bytes, of: footer)
    place = footer
    dataStream = try reader.text("the length of the data stream's name")
    rowCount = try reader.count(upTo: SegmentFormat.mostRows, "the number of events")
    times = try Self.times(&reader)
    sourceBytes = try reader.count(upTo: .max, "the length of all texts")
    let blocks = try Self.blocks(&reader, end: footer.offset)
    self.blocks = blocks
    sources = BlockRun(.sources, of: blocks)
    identities = BlockRun(.identities, of: blocks)
    (sourceRows, memberTexts) = try Self.sourceRows(
      &reader, sources, version: version, rowCount: rowCount, bytes: sourceBytes)
    fences = try Self.fences(&reader, identities, rowCount: rowCount)
    let (timeBlocks, contentBlocks) = (BlockRun(.times, of: blocks), BlockRun(.contents, of: blocks))
    guard timeBlocks.count == min(rowCount, 1), contentBlocks.count == min(rowCount, 1),
      contentBlocks.allSatisfy({ [rowCount] in $0.rawBytes == rowCount * 4 })
    else { throw reader.fault("the times or the contents of the events are missing") }
    timeBlock = timeBlocks.first
    contentBlock = contentBlocks.first
    values = BlockRun(.values, of: blocks)
    codes = BlockRun(.codes, of: blocks)
    filters = BlockRun(.filters, of: blocks)
    valueStarts = Self.starts(values)
    codeStarts = Self.starts(codes)
    var totals = BatchShape.Totals(version: version)
    batch = try BatchShape(&reader, rowCount: rowCount, sharing: paths, &totals)
    self.totals = totals
    guard valueStarts.last == totals.valueBytes, codeStarts.last == totals.codeBytes else {
      throw reader.fault("the columns and their blocks differ in length")
    }
    guard filters.count == totals.filters,
      filters.allSatisfy({ $0.rawBytes % ValueFilter.blockBytes == 0 && $0.storedBytes == $0.rawBytes })
    else { throw reader.fault("the columns and their filters differ") }
    try reader.finish()
  }

  /// Where the footer lies, from the trailer, and the version of the format.
  private static func place(
    _ file: UnsafeRawBufferPointer, isChecked: Bool
  ) throws(SegmentFault) -> (place: BlockPlace, version: UInt32) {
    let least = SegmentFormat.headerBytes + SegmentFormat.blockHeaderBytes + SegmentFormat.trailerBytes
    func number<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ type: Number.Type) -> Number {
      Number(littleEndian: file.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
    guard file.count >= SegmentFormat.headerBytes, number(0, UInt64.self) == SegmentFormat.headerMagic else {
      throw SegmentFault(cause: "it is no segment: it does not start as one")
    }
    let version = number(8, UInt32.self)
    guard version <= SegmentFormat.version else {
      throw SegmentFault(
        kind: .newer(version: version),
        cause: "it is of version \(version) of the format, of which this program knows \(SegmentFormat.version)")
    }
    let checksum = FrameChecksum.ofHeader(file.baseAddress!, version: version)
    guard version > 0, number(12, UInt32.self) == checksum || !isChecked && version >= 3 else {
      throw SegmentFault(cause: "its header is damaged")
    }
    let trailer = file.count - SegmentFormat.trailerBytes
    guard file.count >= least, number(trailer + 16, UInt64.self) == SegmentFormat.trailerMagic else {
      throw SegmentFault(cause: "it does not end as a segment does: it was cut, or not finished")
    }
    guard !isChecked || number(trailer + 12, UInt32.self) == FrameChecksum.of(file.baseAddress! + trailer) else {
      throw SegmentFault(cause: "the checksum of its trailer is wrong")
    }
    let offset = number(trailer, UInt64.self)
    let length = Int(number(trailer + 8, UInt32.self))
    guard offset >= UInt64(SegmentFormat.headerBytes), offset <= UInt64(trailer),
      length >= SegmentFormat.blockHeaderBytes,
      Int(offset) + length == trailer
    else { throw SegmentFault(cause: "its footer is not where the trailer says: it was cut, or put together") }
    let raw = number(Int(offset) + 4, UInt32.self)
    guard raw <= SegmentFormat.largestBlock else { throw SegmentFault(cause: "its footer is too long") }
    let place = BlockPlace(
      kind: .footer, number: 0, offset: Int(offset), rawBytes: Int(raw),
      storedBytes: length - SegmentFormat.blockHeaderBytes)
    return (place, version)
  }

  private static func times(_ reader: inout ByteReader) throws(SegmentFault) -> ClosedRange<Timestamp>? {
    switch try reader.byte() {
    case 0: return nil
    case 1:
      let first = Timestamp(milliseconds: try reader.fixed(Int64.self))
      let last = Timestamp(milliseconds: try reader.fixed(Int64.self))
      guard first <= last else { throw reader.fault("the first time is behind the last") }
      return first...last
    default: throw reader.fault("it does not say whether there are times")
    }
  }

  /// The blocks, which fill the file from the header to the footer.
  private static func blocks(_ reader: inout ByteReader, end: Int) throws(SegmentFault) -> [BlockPlace] {
    let count = try reader.count(upTo: SegmentFormat.mostBlocks, "the number of blocks")
    var blocks: [BlockPlace] = []
    blocks.reserveCapacity(min(count, reader.left))
    var offset = SegmentFormat.headerBytes
    var number = 0
    for _ in 0..<count {
      guard let kind = BlockKind(rawValue: try reader.byte()), kind != .footer,
        kind.rawValue >= blocks.last?.kind.rawValue ?? 0
      else { throw reader.fault("a block is of a kind that does not belong there") }
      number = blocks.last?.kind == kind ? number + 1 : 0
      let raw = try reader.count(upTo: SegmentFormat.largestBlock, "the length of a block")
      let stored = try reader.count(upTo: SegmentFormat.largestBlock, "the stored length of a block")
      let block = BlockPlace(kind: kind, number: number, offset: offset, rawBytes: raw, storedBytes: stored)
      guard raw > 0, stored > 0, block.end <= end else { throw reader.fault("a block is empty or beyond the footer") }
      offset = block.end
      blocks.append(block)
    }
    guard offset == end else { throw reader.fault("the blocks do not fill the file") }
    return blocks
  }

  private static func sourceRows(
    _ reader: inout ByteReader, _ sources: BlockRun, version: UInt32, rowCount: Int, bytes: Int
  ) throws(SegmentFault) -> (starts: [Int], memberTexts: [Int?]) {
    var starts = [0]
    var memberTexts: [Int?] = []
    var left = bytes
    for block in sources {
      let rows = try reader.count(upTo: rowCount - starts.last!, "the number of texts")
      let ofMember =
        version < 4 ? 0 : try reader.count(upTo: block.rawBytes, "the length of the texts in a gzip member")
      let texts = ofMember > 0 ? ofMember : block.rawBytes - rows * SourceBlock.endBytes
      guard rows > 0, texts >= 0, texts <= left else { throw reader.fault("a source block has another length") }
      left -= texts
      starts.append(starts.last! + rows)
      memberTexts.append(ofMember > 0 ? ofMember : nil)
    }
    guard starts.last == rowCount, left == 0 else { throw reader.fault("not every event has a text") }
    return (starts, memberTexts)
  }

  private static func fences(
    _ reader: inout ByteReader, _ identities: BlockRun, rowCount: Int
  ) throws(SegmentFault) -> [EventID] {
    let size = SegmentFormat.identitiesOfBlock
    guard identities.count == (rowCount + size - 1) / size else { throw reader.fault("not every event has an id") }
    var fences: [EventID] = []
    fences.reserveCapacity(identities.count)
    for block in identities {
      let count = min(size, rowCount - fences.count * size)
      guard block.rawBytes == count * SegmentFormat.identityBytes, block.storedBytes == block.rawBytes else {
        throw reader.fault("an identity block has another length")
      }
      let id = EventID(high: try reader.fixed(UInt64.self), low: try reader.fixed(UInt64.self))
      guard fences.isEmpty || fences.last! <= id else { throw reader.fault("ids do not ascend") }
      fences.append(id)
    }
    return fences
  }

  private static func starts(_ blocks: BlockRun) -> [Int] {
    var starts = [0]
    starts.reserveCapacity(blocks.count + 1)
    for block in blocks { starts.append(starts.last! + block.rawBytes) }
    return starts
  }
}
