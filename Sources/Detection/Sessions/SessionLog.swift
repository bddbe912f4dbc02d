import CloudTrail
import Events
import Parallel

/// The calls that opened sessions, in as few bytes as joining takes.
public struct SessionLog: Sendable {
  /// How many are kept: about 70 bytes each, and each text once.
  static let mostOpenings = 500_000
  /// Bytes of their texts.
  static let mostTextBytes = min(256 << 20, ProcessMemory.available / 16)

  /// About what one takes beside its texts: it stands twice while logs are put together, and in two indices.
  private static let openingBytes = 320

  private var memory: MemoryShare

  init(_ memory: MemoryBudget = MemoryBudget(bytes: .max)) { self.memory = MemoryShare(memory) }

  private(set) var openings: [SessionOpening] = []
  private(set) var texts = ValueDictionary()
  /// How many were not kept, because there were too many.
  private(set) var left = 0
  /// Records that have not been read yet, of each worker.
  private(set) var held: [HeldOpenings] = []
  private var heldCount = 0

  /// Holds a record as it stands; false where it has to be read.
  mutating func hold(_ row: RecordRow) -> Bool {
    guard heldCount < Self.mostOpenings, !memory.isUsedUp else {
      left += 1
      return true
    }
    if held.isEmpty { held.append(HeldOpenings()) }
    do {
      guard try held[0].hold(row) else { return false }
    } catch {
      left += 1
      return true
    }
    heldCount += 1
    // When that was the last of the memory, the next one is told of.
    _ = memory.take(Self.heldBytes)
    return true
  }

  /// The log with what is held and has to do with some keys and sessions, by their hashes: the calls that gave them out,
  /// those that gave out what these were made with, and so on, as many steps as a chain has links.
  func reading(_ wanted: Set<UInt64>, _ reader: SessionReader) throws -> SessionLog {
    var log = self
    log.held = []
    log.memory = MemoryShare(MemoryBudget(bytes: .max))
    guard !held.isEmpty else { return log }
    var isRead = held.map { _ in Set<UInt32>() }
    var known = Set<UInt64>()
    var asked = wanted.union(log.openers(from: 0))
    for _ in 0..<SessionIndex.longestChain where !asked.isEmpty {
      known.formUnion(asked)
      let start = log.openings.count
      for (worker, records) in held.enumerated() {
        for (hash, number) in records.issued where asked.contains(hash) && isRead[worker].insert(number).inserted {
          try records.withRow(number) { reader.read($0, into: &log) }
        }
      }
      asked = log.openers(from: start).subtracting(known)
    }
    return log
  }

  /// Hashes of the keys and sessions with which sessions were opened.
  func openers(from start: Int) -> Set<UInt64> {
    var hashes: Set<UInt64> = []
    for opening in openings[start...] {
      for code in [opening.accessKey, opening.arn] where code != 0 {
        hashes.insert(texts.withValue(code) { HeldOpenings.hash($0.bytes) })
      }
    }
    return hashes
  }

  /// About what a held record takes beside its text, which finds room in a file.
  private static let heldBytes = 192

  /// Keeps an opening whose texts `write` puts in, unless there are too many.
  mutating func add(_ write: (inout ValueDictionary) -> SessionOpening?) {
    guard openings.count < Self.mostOpenings, texts.byteCount < Self.mostTextBytes, !memory.isUsedUp else {
      left += 1
      return
    }
    let (known, bytes) = (texts.count, texts.byteCount)
    guard let opening = write(&texts) else { return }
    openings.append(opening)
    // When that was the last of the memory, the next one is told of.
    _ = memory.take(Self.openingBytes + 96 * (texts.count - known) + 4 * (texts.byteCount - bytes))
  }

  /// Takes over what another worker has met.
  mutating func merge(_ other: SessionLog) {
    held += other.held
    heldCount += other.heldCount
    if openings.isEmpty, left == 0 {
      let (all, count) = (held, heldCount)
      self = other
      (held, heldCount) = (all, count)
      return
    }
    let codes =
      [0]
      + (1..<max(1, other.texts.count + 1)).map { code in
        other.texts.withValue(UInt32(code)) { texts.insert($0) }
      }
    let room = Self.mostOpenings - openings.count
    openings += other.openings.prefix(room).map { $0.renumbered { codes[Int($0)] } }
    left += other.left + max(0, other.openings.count - room)
  }

  /// The code of a text, 0 for one that no opening has.
  func code(_ text: String?) -> UInt32 {
    guard let text else { return 0 }
    return Array(text.utf8).withUnsafeBufferPointer { texts.code(of: Scalar(.string, $0)) }
  }

  func text(_ code: UInt32) -> String? { code == 0 ? nil : texts.text(code) }
}
