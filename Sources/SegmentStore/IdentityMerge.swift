import Events
import Segments

/// Goes through the events of all segments by their identities, so that those of one identity come together. Memory is bounded by the number of
/// segments, whose ids are read where they lie.
struct IdentityMerge {
  private let parts: [SegmentPart]
  private var walks: [IdentityWalk] = []
  /// Places of walks that are not at their end, as a heap with the least identity first.
  private var heap: [Int] = []
  private var read = 0

  /// So many ids are looked at before the memory of their pages is given back.
  private static let readAtOnce = 1 << 20

  init(_ parts: [SegmentPart]) throws(SegmentError) {
    self.parts = parts
    for part in parts { walks.append(try IdentityWalk(part.segment)) }
    heap = walks.indices.filter { walks[$0].current != nil }
    for at in heap.indices.reversed() { sink(at) }
  }

  /// The next event, with the place of its part; nil behind the last.
  mutating func next() throws(SegmentError) -> (part: Int, identity: EventIdentity, row: Int)? {
    guard let part = heap.first, let (identity, row) = walks[part].current else { return nil }
    try walks[part].advance()
    if walks[part].current == nil {
      heap[0] = heap[heap.count - 1]
      heap.removeLast()
    }
    sink(0)
    read += 1
    if read % Self.readAtOnce == 0 { for part in parts { part.letGo() } }
    return (part, identity, row)
  }

  private func isBefore(_ one: Int, _ other: Int) -> Bool {
    guard let left = walks[heap[one]].current?.identity, let right = walks[heap[other]].current?.identity else {
      return false
    }
    if left.id != right.id { return left.id < right.id }
    return left.scope != right.scope ? left.scope < right.scope : heap[one] < heap[other]
  }

  private mutating func sink(_ start: Int) {
    var at = start
    while true {
      var least = at
      for child in [2 * at + 1, 2 * at + 2] where child < heap.count && isBefore(child, least) { least = child }
      guard least != at else { return }
      heap.swapAt(at, least)
      at = least
    }
  }
}
