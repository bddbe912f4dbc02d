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
