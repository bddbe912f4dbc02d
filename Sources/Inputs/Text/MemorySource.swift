/// Bytes that are in memory already, and stay there for as long as the source is used.
final class MemorySource: ByteSource {
  private let bytes: UnsafeBufferPointer<UInt8>
  private(set) var bytesTaken = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) -> Int {
    let count = min(capacity, bytes.count - bytesTaken)
    guard count > 0, let from = bytes.baseAddress else { return 0 }
    start.update(from: from + bytesTaken, count: count)
    bytesTaken += count
    return count
  }
}
