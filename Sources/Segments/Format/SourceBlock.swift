/// The bytes of a block of source texts: for each text where it ends, counted from the start of the first; then the texts.
enum SourceBlock {
  static let endBytes = 4

  /// Where a text ends.
  @inline(__always)
  static func end(_ block: UnsafeRawBufferPointer, _ text: Int) -> Int {
    Int(UInt32(littleEndian: block.loadUnaligned(fromByteOffset: text * endBytes, as: UInt32.self)))
  }

  /// One of the `count` texts of a block that was found right.
  static func text(_ block: UnsafeRawBufferPointer, _ text: Int, of count: Int) -> UnsafeBufferPointer<UInt8> {
    let start = text == 0 ? 0 : end(block, text - 1)
    let texts = count * endBytes
    return UnsafeRawBufferPointer(rebasing: block[texts + start..<texts + end(block, text)])
      .assumingMemoryBound(to: UInt8.self)
  }
}
