import Events
import Foundation

/// Packs source texts into blocks of a segment as they come, while they lie in the processor's caches: gathered as they are until a
/// segment is written, they would be written to memory and read from there again, all 40 MB. What came as a gzip member is packed
/// already, and stays as it is where that serves. One task's own.
public final class SourcePacker {
  private let bench: Bench
  // They grow with what they hold: a request may bring a text for each of a thousand segments.
  private var texts = ByteRoom(capacity: 1 << 10)
  private var ends = ByteRoom(capacity: 64)
  /// The texts that are in no block yet, and those of all blocks.
  private var waiting = 0
  private var packed = PackedSources()

  /// What packing a block takes, which is nothing between two blocks. One task's own.
  private final class Bench {
    let packer: BlockPacker
    var raw = ByteRoom(capacity: SegmentFormat.sourceBlock * 2)
    var room = ByteRoom(capacity: SegmentFormat.sourceBlock)
    var places = ByteRoom()

    init(_ packer: consuming BlockPacker) { self.packer = packer }
  }

  /// - Throws: `SegmentError` where there is no memory for it.
  public convenience init() throws(SegmentError) {
    do {
      self.init(try BlockPacker(level: SegmentFormat.level))
    } catch {
      throw Self.error(error)
    }
  }

  init(_ packer: consuming BlockPacker) { bench = Bench(packer) }

  /// Packs other texts beside those of another packer of the same task, with what that one packs with: it costs as much memory as
  /// its texts take until they are packed.
  public init(beside other: SourcePacker) { bench = other.bench }

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

  /// Adds the texts of the next rows, which lie in a text that came as a gzip member.
  ///
  /// - Parameters:
  ///   - texts: those that do not lie in it, or not in its order, are packed like any others, as are all where they are too small a
  ///     part of the text.
  ///   - start: of the text, which is there until this returns, as are all others.
  /// - Throws: `SegmentError` where one is longer than a block may be.
  public func append(
    _ texts: [UnsafeBufferPointer<UInt8>], of member: GzipMember, from start: UnsafePointer<UInt8>
  ) throws(SegmentError) {
    do {
      guard !texts.isEmpty, try !keep(member, texts, start) else { return }
      for text in texts { try add(text) }
    } catch {
      throw Self.error(error)
    }
  }

  /// Makes the member a block if it is worth it.
  private func keep(
    _ member: GzipMember, _ texts: [UnsafeBufferPointer<UInt8>], _ start: UnsafePointer<UInt8>
  ) throws(SegmentFault) -> Bool {
    let bytes = texts.reduce(0) { $0 + $1.count }
    guard bytes > member.textBytes / 4 * 3,
      GzipMember.isWorthKeeping(member.bytes.count, textBytes: member.textBytes)
    else { return false }
    bench.places.removeAll()
    var end = start
    for text in texts {
      guard let base = text.baseAddress, base >= end, base + text.count <= start + member.textBytes else {
        return false
      }
      bench.places.append(varint: base - end)
      bench.places.append(varint: text.count)
      end = base + text.count
    }
    if waiting > 0 { try seal() }
    bench.room.removeAll()
    let place = BlockPacker.append(member, bench.places, number: packed.blocks.count, to: &bench.room)
    packed.add(PackedSources.Block(bench.room.bytes, place, rows: texts.count, memberTexts: bytes), of: bytes)
    return true
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
    bench.raw.removeAll()
    bench.raw.append(ends)
    bench.raw.append(texts)
    bench.room.removeAll()
    let place = try bench.packer.append(.sources, number: packed.blocks.count, bench.raw, to: &bench.room)
    packed.add(PackedSources.Block(bench.room.bytes, place, rows: waiting), of: texts.count)
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
    /// Bytes of its texts where it is a gzip member as it came.
    let memberTexts: Int?

    init(_ bytes: UnsafeRawBufferPointer, _ place: BlockPlace, rows: Int, memberTexts: Int? = nil) {
      let own = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
      own.copyMemory(from: bytes)
      self.bytes = UnsafeRawBufferPointer(own)
      self.place = place
      self.rows = rows
      self.memberTexts = memberTexts
    }

    deinit { bytes.deallocate() }
  }

  private(set) var blocks: [Block] = []
  private(set) var count = 0
  private(set) var byteCount = 0

  var hasMembers: Bool { blocks.contains { $0.memberTexts != nil } }

  mutating func add(_ block: Block, of bytes: Int) {
    blocks.append(block)
    count += block.rows
    byteCount += bytes
  }

  func forEach(_ rows: [Int], _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    var texts = UnpackedSources()
    defer {
      withExtendedLifetime(texts) {}
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
        let packed = blocks[block]
        do throws(SegmentFault) {
          try texts.unpack(
            packed.place, rows: packed.rows, memberTexts: packed.memberTexts,
            BlockUnpacker(packed.bytes, isChecked: false))
        } catch {
          throw SegmentError(error, doing: "unpacking events of", path: "a segment that is not written yet")
        }
      }
      try body(place, texts.text(row - first))
    }
  }
}
