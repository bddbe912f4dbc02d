import CDeflate
import CZstd

/// Unpacks blocks of a file. One reader's own.
final class BlockUnpacker {
  private let file: UnsafeRawBufferPointer
  private let isChecked: Bool
  /// Made when the first block is unpacked that is compressed.
  private var context: OpaquePointer?
  /// Made when the first gzip member is unpacked.
  private var inflater: OpaquePointer?

  /// - Parameters:
  ///   - file: all bytes of the file, which must outlive this.
  ///   - isChecked: checksums must be right.
  init(_ file: UnsafeRawBufferPointer, isChecked: Bool) {
    self.file = file
    self.isChecked = isChecked
  }

  deinit {
    ZSTD_freeDCtx(context)
    libdeflate_free_decompressor(inflater)
  }

  /// What is stored of a block that lies within the file, after its header and its checksum are found right.
  func stored(_ block: BlockPlace) throws(SegmentFault) -> (codec: BlockCodec, bytes: UnsafeRawBufferPointer) {
    try Self.stored(block, of: file, isChecked: isChecked)
  }

  static func stored(
    _ block: BlockPlace, of file: UnsafeRawBufferPointer, isChecked: Bool
  ) throws(SegmentFault) -> (codec: BlockCodec, bytes: UnsafeRawBufferPointer) {
    precondition(block.offset >= 0 && block.storedBytes >= 0 && block.end <= file.count, "a block of another file")
    let start = file.baseAddress! + block.offset
    func number(_ offset: Int) -> UInt32 {
      UInt32(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    let body = start + SegmentFormat.blockHeaderBytes
    guard !isChecked || number(12) == BlockChecksum.of(header: start, stored: body, count: block.storedBytes) else {
      throw SegmentFault(cause: "its checksum is wrong", block: block)
    }
    guard let codec = BlockCodec(rawValue: start.load(as: UInt8.self)) else {
      throw SegmentFault(cause: "it is compressed in a way that is none", block: block)
    }
    guard start.load(fromByteOffset: 1, as: UInt8.self) == block.kind.rawValue, number(0) >> 16 == 0,
      number(4) == block.rawBytes, number(8) == block.storedBytes,
      codec != .stored || block.rawBytes == block.storedBytes
    else { throw SegmentFault(cause: "it is not the block that the footer tells of", block: block) }
    return (codec, UnsafeRawBufferPointer(start: body, count: block.storedBytes))
  }

  /// Unpacks a block to where there is room for its bytes.
  func unpack(_ block: BlockPlace, to output: UnsafeMutableRawPointer) throws(SegmentFault) {
    let (codec, stored) = try stored(block)
    guard let base = stored.baseAddress, block.rawBytes > 0 else { return }
    guard codec != .gzip else {
      throw SegmentFault(cause: "it is a gzip member, which the footer does not say", block: block)
    }
    guard codec == .zstd else { return output.copyMemory(from: base, byteCount: stored.count) }
    if context == nil { context = ZSTD_createDCtx() }
    guard let context else { throw SegmentFault(kind: .io(12), cause: "there is not enough memory for zstd") }
    let count = ZSTD_decompressDCtx(context, output, block.rawBytes, base, stored.count)
    guard ZSTD_isError(count) == 0 else {
      throw SegmentFault(cause: "zstd: \(String(cString: ZSTD_getErrorName(count)).lowercased())", block: block)
    }
    guard count == block.rawBytes else {
      throw SegmentFault(cause: "it has \(count) bytes unpacked, not \(block.rawBytes)", block: block)
    }
  }

  /// Unpacks a block into a room, which holds nothing else then, and zeros behind it.
  func unpack(_ block: BlockPlace, into room: inout ByteRoom) throws(SegmentFault) {
    room.removeAll()
    room.reserve(block.rawBytes + SegmentFormat.padding)
    try unpack(block, to: room.start)
    room.setCount(block.rawBytes)
    room.pad()
  }

  /// Unpacks a block of source texts that is a gzip member as it came, with zeros behind the text; returns what is stored of it.
  func unpackMember(_ block: BlockPlace, into room: inout ByteRoom) throws(SegmentFault) -> UnsafeRawBufferPointer {
    let (codec, stored) = try stored(block)
    guard codec == .gzip else { throw SegmentFault(cause: "it is no gzip member, which the footer says", block: block) }
    let member = try SourceBlock.member(stored, of: block).member
    if inflater == nil { inflater = libdeflate_alloc_decompressor() }
    guard let inflater else { throw SegmentFault(kind: .io(12), cause: "there is not enough memory for libdeflate") }
    room.removeAll()
    room.reserve(block.rawBytes + SegmentFormat.padding)
    // With no place for how many bytes came out, it is to be exactly as many.
    let result = libdeflate_gzip_decompress(
      inflater, member.baseAddress, member.count, room.start, block.rawBytes, nil)
    guard result == LIBDEFLATE_SUCCESS else {
      throw SegmentFault(cause: "its gzip member does not unpack to \(block.rawBytes) bytes", block: block)
    }
    room.setCount(block.rawBytes)
    room.pad()
    return stored
  }
}
