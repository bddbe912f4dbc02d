import Events
import Foundation

/// Packs source texts into blocks of a segment as they come, while they lie in the processor's caches: gathered as they are until a
/// segment is written, they would be written to memory and read from there again, all 40 MB. One task's own.
public final class SourcePacker {
  private let packer: BlockPacker
  private var texts = ByteRoom(capacity: SegmentFormat.sourceBlock)
  private var ends = ByteRoom(capacity: SegmentFormat.sourceBlock / 64)
  private var raw = ByteRoom(capacity: SegmentFormat.sourceBlock * 2)
  private var room = ByteRoom(capacity: SegmentFormat.sourceBlock)
  /// The texts that are in no block yet, and those of all blocks.
  private var waiting = 0
  private var packed = PackedSources()

  /// - Throws: `SegmentError` where there is no memory for it.
  public convenience init() throws(SegmentError) {
    do {
      self.init(try BlockPacker(level: SegmentFormat.level))
    } catch {
      throw Self.error(error)
    }
  }

  init(_ packer: consuming BlockPacker) { self.packer = packer }

  /// Adds the text of the next row.
  ///
  /// - Throws: `SegmentError` where it is longer than a block may be.
  public func append(_ text: UnsafeBufferPointer<UInt8>) throws(SegmentError) {
    do {
      try add(text)
    } catch {
      throw Self.error(error)
    }
  }

  func add(_ text: UnsafeBufferPointer<UInt8>) throws(SegmentFault) {
    guard text.count <= SegmentFormat.largestBlock - SourceBlock.endBytes else {
      throw .tooLarge(
        "the text of event \(packed.count + waiting + 1) has \(text.count) bytes, of at most "
          + "\(SegmentFormat.largestBlock - SourceBlock.endBytes)")
    }
    if waiting > 0,
      texts.count + text.count + SourceBlock.endBytes * (waiting + 1) > SegmentFormat.sourceBlock
    {
      try seal()
    }
    texts.append(UnsafeRawBufferPointer(text))
    ends.append(fixed: UInt32(texts.count))
    waiting += 1
  }

  private func seal() throws(SegmentFault) {
    raw.removeAll()
    raw.append(ends)
    raw.append(texts)
    room.removeAll()
    let place = try packer.append(.sources, number: packed.blocks.count, raw, to: &room)
    packed.add(PackedSources.Block(room.bytes, place, rows: waiting), of: texts.count)
    texts.removeAll()
    ends.removeAll()
    waiting = 0
  }

  /// All texts since the last time.
  ///
  /// - Throws: `SegmentError` where there is no memory for them.
  public func finish() throws(SegmentError) -> SourceTexts {
    do {
      return SourceTexts(try end())
    } catch {
      throw Self.error(error)
    }
  }

  func end() throws(SegmentFault) -> PackedSources {
    if waiting > 0 { try seal() }
    defer { packed = PackedSources() }
    return packed
  }

  /// Texts that are plain, in blocks.
  static func pack(_ texts: SourceTexts, level: Int32?) throws(SegmentFault) -> PackedSources {
    let packer = SourcePacker(try BlockPacker(level: level))
    do {
      try texts.forEach(Array(0..<texts.count)) { try packer.add($1) }
    } catch let fault as SegmentFault {
      throw fault
    } catch {
      throw SegmentFault(kind: .io(EIO), cause: "\(error)")
    }
    return try packer.end()
  }

  private static func error(_ fault: SegmentFault) -> SegmentError {
    SegmentError(fault, doing: "packing events for", path: "a segment")
  }
}

/// Source texts in blocks as they stand in a segment.
struct PackedSources: PackedTexts {
  /// A block with its header, in memory of its own. Unchecked in its sending: nothing changes it.
  final class Block: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
    /// Its offset is that in `bytes`, 0.
    let place: BlockPlace
    let rows: Int

    init(_ bytes: UnsafeRawBufferPointer, _ place: BlockPlace, rows: Int) {
      let own = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
      own.copyMemory(from: bytes)
      self.bytes = UnsafeRawBufferPointer(own)
      self.place = place
      self.rows = rows
    }

    deinit { bytes.deallocate() }
  }

  private(set) var blocks: [Block] = []
  private(set) var count = 0
  private(set) var byteCount = 0

  mutating func add(_ block: Block, of bytes: Int) {
    blocks.append(block)
    count += block.rows
    byteCount += bytes
  }

  func forEach(_ rows: [Int], _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    var room = ByteRoom()
    defer {
      withExtendedLifetime(room) {}
      withExtendedLifetime(blocks) {}
    }
    var (block, first, end) = (-1, 0, 0)
    for (place, row) in rows.enumerated() {
      precondition(row >= first && row < count, "rows ascend, and are rows of the batch")
      if row >= end {
        repeat {
          block += 1
          first = end
          end += blocks[block].rows
        } while row >= end
        do throws(SegmentFault) {
          try BlockUnpacker(blocks[block].bytes, isChecked: false).unpack(blocks[block].place, into: &room)
        } catch {
          throw SegmentError(error, doing: "unpacking events of", path: "a segment that is not written yet")
        }
      }
      try body(place, SourceBlock.text(room.bytes, row - first, of: end - first))
    }
  }
}
