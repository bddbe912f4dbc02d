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
    if openings.isEmpty, left == 0 {
      self = other
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
