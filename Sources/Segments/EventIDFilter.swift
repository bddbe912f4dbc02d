import Events

/// Tells of nearly every id that is not among some that it is not: a split-block Bloom filter, as the columns of a segment
/// have them, that grows with what is put in.
public struct EventIDFilter: Sendable {
  /// A filter of its own, which takes no more ids than it was made for; the last takes what is new.
  private struct Layer {
    var blocks: [SIMD8<UInt32>]
    var room: Int
  }

  private var layers: [Layer] = []
  private static let smallestLayer = 1 << 18
  /// Beyond so many bytes the last one takes more than it is made for, and tells of fewer ids.
  private static let mostBytes = 64 << 20

  public init() {}

  /// Makes room for more ids.
  public mutating func reserve(_ more: Int) {
    guard more > layers.last?.room ?? 0 else { return }
    let bytes = layers.reduce(0) { $0 + $1.blocks.count * ValueFilter.blockBytes }
    guard layers.isEmpty || bytes < Self.mostBytes else { return }
    // Each twice as large as all before, so that few have to be asked.
    let known = bytes * 8 / SegmentFormat.filterBits
    let wanted = max(Self.smallestLayer, more, known * 2)
    let fitting = (Self.mostBytes - bytes) / ValueFilter.blockBytes
    let count = min(fitting, wanted * SegmentFormat.filterBits / (ValueFilter.blockBytes * 8))
    layers.append(Layer(blocks: [SIMD8<UInt32>](repeating: SIMD8(repeating: 0), count: max(1, count)), room: wanted))
  }

  public mutating func insert(_ id: EventID) {
    if layers.last?.room ?? 0 <= 0 { reserve(1) }
    let last = layers.count - 1
    let (block, bits) = ValueFilter.place(Self.hash(id), ofBlocks: layers[last].blocks.count)
    layers[last].blocks[block] |= bits
    layers[last].room -= 1
  }

  /// False where the id was not put in.
  public func mayHold(_ id: EventID) -> Bool {
    let hash = Self.hash(id)
    return layers.contains { layer in
      let (block, bits) = ValueFilter.place(hash, ofBlocks: layer.blocks.count)
      return layer.blocks[block] & bits == bits
    }
  }

  /// Ids come from outside: whoever makes them collide makes them be looked up, no more.
  private static func hash(_ id: EventID) -> UInt64 {
    var hash = (id.high ^ id.high >> 31) &* 0x9E37_79B9_7F4A_7C15 ^ id.low
    hash = (hash ^ hash >> 32) &* 0xD6E8_FEB8_6659_FD93
    return hash ^ hash >> 32
  }
}
