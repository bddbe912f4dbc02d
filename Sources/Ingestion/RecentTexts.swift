import Store
import Synchronization

/// Source texts that were unpacked with others, for a while: alerts stand on events that lie close to each other, and each is looked at
/// several times. Shared by all tasks that make alerts of one hunt.
final class RecentTexts: Sendable {
  /// Texts that were unpacked together.
  final class Group: Sendable {
    private let bytes: [UInt8]
    private let ends: [Int]

    init(_ bytes: [UInt8], ends: [Int]) {
      self.bytes = bytes
      self.ends = ends
    }

    var count: Int { bytes.count + ends.count * MemoryLayout<Int>.stride }

    func withText(_ place: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
      let start = place > 0 ? ends[place - 1] : 0
      try bytes.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[start..<ends[place]])) }
    }
  }

  private struct Key: Hashable {
    var part: Int64
    var row: Int
  }

  private struct Held {
    /// The last one was asked for last.
    var groups: [(key: Key, group: Group)] = []
    var bytes = 0
  }

  private let held = Mutex(Held())
  private let mostBytes: Int

  /// - Parameter mostBytes: of all texts that are held; of larger groups none is.
  init(mostBytes: Int = 16 << 20) { self.mostBytes = mostBytes }

  /// Calls `body` with the source text of a row of a part. Throws what the part throws, and what `body` throws.
  func withText<Part: EventPart>(
    of row: Int, in part: Part, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    let rows = part.rowsUnpacked(with: row)
    let size = part.sourceBytes / max(1, part.rowCount) * rows.count
    guard rows.count > 1, size <= mostBytes / 4 else {
      return try part.withSources([row]) { _, text in try body(text) }
    }
    let key = Key(part: part.number, row: rows.lowerBound)
    if let group = group(key) { return try group.withText(row - rows.lowerBound, body) }
    var bytes: [UInt8] = []
    var ends: [Int] = []
    bytes.reserveCapacity(size)
    ends.reserveCapacity(rows.count)
    try part.withSources(Array(rows)) { _, text in
      bytes.append(contentsOf: text)
      ends.append(bytes.count)
    }
    let group = Group(bytes, ends: ends)
    hold(group, key)
    try group.withText(row - rows.lowerBound, body)
  }

  private func group(_ key: Key) -> Group? {
    held.withLock { held in
      guard let place = held.groups.lastIndex(where: { $0.key == key }) else { return nil }
      let found = held.groups.remove(at: place)
      held.groups.append(found)
      return found.group
    }
  }

  private func hold(_ group: Group, _ key: Key) {
    guard group.count <= mostBytes else { return }
    held.withLock { held in
      // Another task may have unpacked the same.
      guard !held.groups.contains(where: { $0.key == key }) else { return }
      held.groups.append((key, group))
      held.bytes += group.count
      while held.bytes > mostBytes {
        held.bytes -= held.groups.removeFirst().group.count
      }
    }
  }
}
