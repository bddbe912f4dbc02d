import Foundation

/// Memory for text that is scanned in place: stays where it is while filled, and has zeros behind what is used.
package final class TextBuffer {
  /// Zero bytes that follow the text, as the JSON scanner needs them.
  package static let padding = 64

  package private(set) var start: UnsafeMutablePointer<UInt8>
  package private(set) var capacity: Int
  /// Bytes in use.
  package var count = 0

  package init(capacity: Int) {
    self.capacity = capacity
    start = .allocate(capacity: capacity + Self.padding)
  }

  deinit { start.deallocate() }

  package var free: Int { capacity - count }

  /// Makes an empty buffer hold at least `wanted` bytes.
  package func grow(to wanted: Int) {
    precondition(count == 0, "a buffer that is in use stays in place")
    guard wanted > capacity else { return }
    start.deallocate()
    capacity = wanted
    start = .allocate(capacity: capacity + Self.padding)
  }

  /// Takes `length` bytes that were written behind the used ones into use, with zeros behind them, and returns them.
  package func commit(_ length: Int) -> UnsafeBufferPointer<UInt8> {
    let text = UnsafeBufferPointer(start: start + count, count: length)
    count += length
    memset(start + count, 0, Self.padding)
    return text
  }
}
