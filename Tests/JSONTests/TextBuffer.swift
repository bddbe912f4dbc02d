import JSON

/// Text in memory with the zeros behind it that indexing wants.
final class TextBuffer {
  private let storage: UnsafeMutableBufferPointer<UInt8>
  let text: UnsafeBufferPointer<UInt8>

  init(_ bytes: [UInt8]) {
    storage = .allocate(capacity: bytes.count + 64)
    storage.initialize(repeating: 0)
    _ = storage.update(fromContentsOf: bytes)
    text = UnsafeBufferPointer(rebasing: storage[..<bytes.count])
  }

  convenience init(_ text: String) { self.init(Array(text.utf8)) }

  deinit { storage.deallocate() }

  /// Whether indexing and walking accept the text as one value, and what is wrong if not.
  func walk(_ indexer: StructuralIndexer) -> JSONFault? {
    do {
      let index = try indexer.index(text)
      var walker = JSONWalker(index)
      let end = walker.skip(0)
      if end == JSONWalker.failed { return walker.fault }
      return end == index.count ? nil : .unexpectedCharacter
    } catch {
      return error
    }
  }
}

/// Random numbers that repeat for a seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
