import Foundation

/// The paths of the columns of a batch, in the order of the directory: one for all segments that have the same (`SharedPaths`).
final class ColumnPaths: Sendable {
  let all: [String]
  /// By the hash of a path, 1 and its place; 0 where none is. A dictionary would take eight times the memory.
  private let slots: [UInt16]
  /// What they are found by among the shared ones, and those.
  let key: UInt64
  private let shared: SharedPaths

  /// - Parameters:
  ///   - directory: the paths as they stand there, whose hash is `key`.
  ///   - others: paths that mostly are the same: their texts are taken, so that segments which differ by a column share all others.
  init(
    _ directory: [UnsafeRawBufferPointer], key: UInt64, sharing shared: SharedPaths, texts others: ColumnPaths?,
    _ reader: ByteReader
  ) throws(SegmentFault) {
    var all: [String] = []
    all.reserveCapacity(directory.count)
    var bits = 1
    while 1 << bits < directory.count * 2 { bits += 1 }
    var slots = [UInt16](repeating: 0, count: 1 << bits)
    // What follows a path in one list mostly follows it in the other.
    var next = 0
    for bytes in directory {
      let path: String
      if let others, next < others.all.count, others.all[next].isWritten(bytes) {
        path = others.all[next]
        next += 1
      } else {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw reader.fault("a path is not UTF-8") }
        let place = others?.place(of: text)
        let known = place.flatMap { others?.all[$0] }
        path = if let known, known.isWritten(bytes) { known } else { text }
        if let place { next = place + 1 }
      }
      let slot = Self.slot(of: path, slots, all)
      guard slots[slot] == 0 else { throw reader.fault("two columns have one path") }
      all.append(path)
      slots[slot] = UInt16(all.count)
    }
    (self.all, self.slots, self.key, self.shared) = (all, slots, key, shared)
  }

  deinit { shared.forget(self) }

  /// The place of the column of a path; nil where there is none.
  func place(of path: String) -> Int? {
    let slot = slots[Self.slot(of: path, slots, all)]
    return slot == 0 ? nil : Int(slot) - 1
  }

  /// True where these are the paths that stand in a directory, byte for byte and in that order.
  func are(_ directory: [UnsafeRawBufferPointer]) -> Bool {
    all.count == directory.count && zip(all, directory).allSatisfy { $0.isWritten($1) }
  }

  /// The slot of a path, or the free one that is to be its own: there are twice as many as paths. Hashes are of this process alone, so
  /// that no file can make paths collide.
  private static func slot(of path: String, _ slots: [UInt16], _ all: [String]) -> Int {
    let mask = slots.count - 1
    var slot = path.hashValue & mask
    while slots[slot] != 0, all[Int(slots[slot]) - 1] != path { slot = (slot + 1) & mask }
    return slot
  }
}

extension String {
  /// True where its UTF-8 is some bytes; two strings may be equal whose bytes differ.
  fileprivate func isWritten(_ bytes: UnsafeRawBufferPointer) -> Bool {
    utf8.withContiguousStorageIfAvailable { own in
      own.count == bytes.count && (own.isEmpty || memcmp(own.baseAddress!, bytes.baseAddress!, own.count) == 0)
    } ?? utf8.elementsEqual(bytes)
  }
}
