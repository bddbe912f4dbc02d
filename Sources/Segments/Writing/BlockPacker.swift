import CDeflate
import CZstd
import Events

/// Makes blocks: compressed where that helps, under a header with a checksum.
struct BlockPacker: ~Copyable {
  /// Level of zstd; nil leaves everything as it is.
  private let level: Int32?
  private let context: OpaquePointer

  init(level: Int32?) throws(SegmentFault) {
    guard let context = ZSTD_createCCtx() else {
      throw SegmentFault(kind: .io(12), cause: "there is not enough memory for zstd")
    }
    self.level = level
    self.context = context
  }

  deinit { ZSTD_freeCCtx(context) }

  func append(
    _ kind: BlockKind, number: Int, _ raw: borrowing ByteRoom, to room: inout ByteRoom
  ) throws(SegmentFault) -> BlockPlace {
    try append(kind, number: number, raw.bytes, to: &room)
  }

  /// Appends a block of some bytes to `room`, and says how long it is; its offset is not known here.
  func append(
    _ kind: BlockKind, number: Int, _ raw: UnsafeRawBufferPointer, to room: inout ByteRoom
  ) throws(SegmentFault) -> BlockPlace {
    guard raw.count <= SegmentFormat.largestBlock else {
      throw .tooLarge("\(raw.count) bytes do not fit into one block")
    }
    let begin = room.count
    let head = SegmentFormat.blockHeaderBytes
    room.reserve(head + max(raw.count, level == nil ? 0 : ZSTD_compressBound(raw.count)))
    let body = UnsafeMutableRawPointer(room.start + begin + head)
    var stored = raw.count
    var codec = BlockCodec.stored
    // Ids are searched where they lie, and filters have nothing that comes again.
    if let level, kind != .identities, kind != .filters, let base = raw.baseAddress {
      let packed = ZSTD_compressCCtx(context, body, ZSTD_compressBound(raw.count), base, raw.count, level)
      if ZSTD_isError(packed) != 0 {
        throw SegmentFault(kind: .io(12), cause: "zstd: \(String(cString: ZSTD_getErrorName(packed)))")
      }
      if packed < raw.count - raw.count / 16 { (stored, codec) = (packed, .zstd) }
    }
    if codec == .stored, let base = raw.baseAddress { body.copyMemory(from: base, byteCount: raw.count) }
    room.setCount(begin)
    return Self.append(codec, kind, number, rawBytes: raw.count, storedBytes: stored, to: &room)
  }

  /// Appends a block of source texts that lie in a text whose gzip member is kept as it is.
  ///
  /// - Parameter places: where they lie, as `SourceBlock` has it.
  static func append(
    _ member: GzipMember, _ places: borrowing ByteRoom, number: Int, to room: inout ByteRoom
  ) -> BlockPlace {
    let begin = room.count
    room.reserve(SegmentFormat.blockHeaderBytes)
    room.setCount(begin + SegmentFormat.blockHeaderBytes)
    room.append(fixed: UInt32(places.count))
    room.append(places)
    member.bytes.withUnsafeBytes { room.append($0) }
    let stored = room.count - begin - SegmentFormat.blockHeaderBytes
    room.setCount(begin)
    return append(.gzip, .sources, number, rawBytes: member.textBytes, storedBytes: stored, to: &room)
  }

  /// Writes the header before what is stored, which stands behind the room for it.
  private static func append(
    _ codec: BlockCodec, _ kind: BlockKind, _ number: Int, rawBytes: Int, storedBytes: Int, to room: inout ByteRoom
  ) -> BlockPlace {
    let begin = room.count
    let end = begin + SegmentFormat.blockHeaderBytes + storedBytes
    room.append(codec.rawValue)
    room.append(kind.rawValue)
    room.append(fixed: UInt16(0))
    room.append(fixed: UInt32(rawBytes))
    room.append(fixed: UInt32(storedBytes))
    room.append(
      fixed: BlockChecksum.of(
        header: room.start + begin, stored: room.start + begin + SegmentFormat.blockHeaderBytes, count: storedBytes))
    room.setCount(end)
    return BlockPlace(kind: kind, number: number, offset: 0, rawBytes: rawBytes, storedBytes: storedBytes)
  }
}

/// The CRC-32 of a block: of its header as far as the checksum, and of what is stored.
enum BlockChecksum {
  static func of(header: UnsafeRawPointer, stored: UnsafeRawPointer, count: Int) -> UInt32 {
    libdeflate_crc32(libdeflate_crc32(0, header, 12), stored, count)
  }
}
