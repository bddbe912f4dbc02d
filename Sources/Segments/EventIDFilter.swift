import Events

/// Tells of nearly every id that is not among some that it is not: split-block Bloom filters, as the columns of a segment
/// have them, that grow with what is put in.
///
/// An id that is taken for one of them costs a look into every segment, so it is put into two filters whose errors have nothing to
/// do with each other: one of 40,000 is wrong in both, where one of 6,000 would be in a single filter of their size, and the second
/// is seldom asked.
public struct EventIDFilter: Sendable {
  /// Takes no more ids than it was made for; the last takes what is new.
  private struct Layer {
    /// The first filter and, behind it, the second.
    var blocks: [SIMD8<UInt32>]
    var room: Int

    init(bytes: Int, room: Int) {
      blocks = [SIMD8<UInt32>](
        repeating: SIMD8(repeating: 0), count: 2 * max(1, bytes / (ValueFilter.blockBytes * 2)))
      self.room = room
    }

    mutating func insert(_ hash: UInt64) {
      let half = blocks.count / 2
      let (first, firstBits) = ValueFilter.place(hash, ofBlocks: half)
      blocks[first] |= firstBits
      let (second, secondBits) = ValueFilter.place(EventIDFilter.hash(of: hash), ofBlocks: half)
      blocks[half + second] |= secondBits
      room -= 1
    }

    @inline(__always)
    func mayHold(_ hash: UInt64) -> Bool {
      let half = blocks.count / 2
      let (first, firstBits) = ValueFilter.place(hash, ofBlocks: half)
      guard blocks[first] & firstBits == firstBits else { return false }
      let (second, secondBits) = ValueFilter.place(EventIDFilter.hash(of: hash), ofBlocks: half)
      return blocks[half + second] & secondBits == secondBits
    }
  }

  private var layers: [Layer] = []
  private static let smallestLayer = 1 << 18
  /// Beyond so many bytes the last one takes more than it is made for, and tells of fewer ids.
  private static let mostBytes = 64 << 20
  private static let bits = 2 * SegmentFormat.filterBits

  public init() {}

  /// A filter that has room for so many ids, and no more of it than they take.
  public init(room: Int) {
    layers = [Layer(bytes: max(1, room) * Self.bits / 8, room: max(1, room))]
  }

  /// Makes room for more ids.
  public mutating func reserve(_ more: Int) {
    guard more > layers.last?.room ?? 0 else { return }
    let bytes = layers.reduce(0) { $0 + $1.blocks.count * ValueFilter.blockBytes }
    guard layers.isEmpty || bytes < Self.mostBytes else { return }
    // Each twice as large as all before, so that few have to be asked.
    let known = bytes * 8 / Self.bits
    let wanted = max(Self.smallestLayer, more, known * 2)
    layers.append(Layer(bytes: min(Self.mostBytes - bytes, wanted * Self.bits / 8), room: wanted))
  }

  public mutating func insert(_ id: EventID) {
    if layers.last?.room ?? 0 <= 0 { reserve(1) }
    layers[layers.count - 1].insert(Self.hash(id))
  }

  /// False where the id was not put in.
  public func mayHold(_ id: EventID) -> Bool {
    let hash = Self.hash(id)
    return layers.contains { $0.mayHold(hash) }
  }

  /// Ids come from outside: whoever makes them collide makes them be looked up, no more.
  private static func hash(_ id: EventID) -> UInt64 {
    var hash = (id.high ^ id.high >> 31) &* 0x9E37_79B9_7F4A_7C15 ^ id.low
    hash = (hash ^ hash >> 32) &* 0xD6E8_FEB8_6659_FD93
    return hash ^ hash >> 32
  }

  /// Another hash, of a hash.
  private static func hash(of hash: UInt64) -> UInt64 {
    var hash = (hash ^ hash >> 29) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ hash >> 32) &* 0x94D0_49BB_1331_11EB
    return hash ^ hash >> 31
  }
}
