import Events
import JSON

/// A text that is put together byte by byte, in memory of its own that is used again: an array asks before each step
/// whether others have it.
struct ByteText: ~Copyable {
  private var start: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 1 << 10) {
    start = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  deinit { start.deallocate() }

  /// What has been put together, until the text changes.
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  /// The bytes from a place on, until the text changes.
  func bytes(from place: Int) -> UnsafeBufferPointer<UInt8> {
    precondition(place <= count)
    return UnsafeBufferPointer(start: start + place, count: count - place)
  }

  /// Forgets the text but keeps its room.
  mutating func removeAll() { count = 0 }

  /// Forgets what stands from a place on.
  mutating func remove(from place: Int) {
    precondition(place <= count)
    count = place
  }

  @inline(never)
  private mutating func grow(by more: Int) {
    let larger = max(capacity * 2, count + more)
    let new = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    new.update(from: start, count: count)
    start.deallocate()
    start = new
    capacity = larger
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    if count == capacity { grow(by: 1) }
    start[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    if capacity - count < bytes.count { grow(by: bytes.count) }
    ShortCopy.copy(source, to: start + count, bytes.count)
    count += bytes.count
  }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  /// Appends the value of a string's raw text.
  ///
  /// - Parameter mayBeEscaped: false when no backslash stands in it.
  @inline(__always)
  mutating func append(unescaping raw: UnsafeBufferPointer<UInt8>, mayBeEscaped: Bool) {
    if mayBeEscaped, JSONString.hasEscapes(raw) { appendUnescaped(raw) } else { append(raw) }
  }

  @inline(never)
  private mutating func appendUnescaped(_ raw: UnsafeBufferPointer<UInt8>) {
    var value: [UInt8] = []
    JSONString.appendUnescaped(raw, to: &value)
    value.withUnsafeBufferPointer { append($0) }
  }
}
