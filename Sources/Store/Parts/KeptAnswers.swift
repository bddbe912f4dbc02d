/// What was worked out of one part, by what was asked: bytes that mean something to whoever asked. A part never changes, so that
/// they hold for as long as it is there.
public struct KeptAnswers: Sendable {
  /// What was asked, as a hash of it.
  public struct Key: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }

    /// Half of a hash tells keys apart well enough.
    public func hash(into hasher: inout Hasher) { hasher.combine(low) }
  }

  private var content: [UInt8] = []
  private var places: [Key: Range<Int>] = [:]

  public init() {}

  public var count: Int { places.count }
  public var keys: some Sequence<Key> { places.keys }

  /// Adds an answer, in place of a former one under its key; none at all is an answer too.
  public mutating func add(_ answer: [UInt8], for key: Key) {
    answer.withUnsafeBytes { add($0, for: key) }
  }

  /// The same of bytes that somebody else has.
  public mutating func add(_ answer: UnsafeRawBufferPointer, for key: Key) {
    withUnsafeBytes(of: (key.high.littleEndian, key.low.littleEndian)) { content.append(contentsOf: $0) }
    withUnsafeBytes(of: UInt32(answer.count).littleEndian) { content.append(contentsOf: $0) }
    places[key] = content.count..<content.count + answer.count
    content.append(contentsOf: answer)
  }

  /// Calls `body` with an answer; nil where there is none.
  public func withAnswer<Result>(for key: Key, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result? {
    guard let place = places[key] else { return nil }
    return try content.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[place])) }
  }

  /// All of them, as a store may keep them: of each answer the hash of what was asked, 16 bytes, its length, 4 bytes, and the answer;
  /// numbers are little-endian.
  public var bytes: [UInt8] { content }

  /// Adds what was kept, as `bytes` gave it; what cannot be read counts as not there.
  public mutating func add(kept: UnsafeRawBufferPointer) {
    Self.forEach(in: kept) { add($1, for: $0) }
  }

  /// Gives each answer out of what was kept, as `bytes` gave it; what cannot be read counts as not there.
  public static func forEach(in kept: UnsafeRawBufferPointer, _ body: (Key, UnsafeRawBufferPointer) -> Void) {
    var at = 0
    while kept.count - at >= 20 {
      func word(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: kept.loadUnaligned(fromByteOffset: at + offset, as: UInt64.self))
      }
      let length = Int(UInt32(littleEndian: kept.loadUnaligned(fromByteOffset: at + 16, as: UInt32.self)))
      guard length <= kept.count - at - 20 else { return }
      let end = at + 20 + length
      body(Key(high: word(0), low: word(8)), UnsafeRawBufferPointer(rebasing: kept[at + 20..<end]))
      at = end
    }
  }
}
