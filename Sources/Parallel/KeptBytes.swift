/// Texts that one worker keeps, one behind the other: up to a bound in memory, beyond it in a temporary file.
public struct KeptBytes: Sendable {
  /// Where a text lies.
  public struct Place: Sendable, BitwiseCopyable {
    /// In the file from its start, or in memory the number of a chunk and, in the lower half, the place in it.
    fileprivate var bits: UInt64
    fileprivate static let inFile: UInt64 = 1 << 63
  }

  /// Bytes of one worker's texts that stay in memory.
  public static let memoryBytes = min(48 << 20, ProcessMemory.available / 48)

  /// What is full is never moved: one long array would be copied again and again as it grows.
  private var chunks: [[UInt8]] = []
  private static let chunkBytes = 1 << 20
  /// Bytes of all chunks.
  private var chunkedBytes = 0
  private var file: SpillFile?
  /// Bytes that are in the file, and what comes behind them once there is enough of it.
  private var writtenBytes = 0
  private var unwritten: [UInt8] = []
  private static let writtenAtOnce = 1 << 18
  private let memoryBytes: Int

  /// - Parameter memoryBytes: what stays in memory.
  public init(memoryBytes: Int = Self.memoryBytes) { self.memoryBytes = memoryBytes }

  /// Keeps a text. Throws `SpillError`, and keeps nothing then.
  public mutating func append(_ text: UnsafeBufferPointer<UInt8>) throws -> Place {
    guard chunkedBytes + text.count <= memoryBytes else {
      if unwritten.count + text.count > Self.writtenAtOnce, !unwritten.isEmpty { try write() }
      let place = Place(bits: UInt64(writtenBytes + unwritten.count) | Place.inFile)
      unwritten.append(contentsOf: text)
      return place
    }
    if chunks.isEmpty || chunks[chunks.count - 1].count + text.count > Self.chunkBytes {
      chunks.append([])
      chunks[chunks.count - 1].reserveCapacity(max(Self.chunkBytes, text.count))
    }
    let last = chunks.count - 1
    let place = Place(bits: UInt64(last) << 32 | UInt64(chunks[last].count))
    chunks[last].append(contentsOf: text)
    chunkedBytes += text.count
    return place
  }

  private mutating func write() throws {
    let spill = try file ?? SpillFile()
    file = spill
    _ = try unwritten.withUnsafeBufferPointer { try spill.append($0) }
    writtenBytes += unwritten.count
    unwritten.removeAll(keepingCapacity: true)
  }

  /// A text that was kept, of so many bytes. Throws `SpillError`.
  public func bytes(_ place: Place, count: Int) throws -> [UInt8] {
    guard place.bits & Place.inFile != 0 else {
      let start = Int(place.bits & 0xFFFF_FFFF)
      return Array(chunks[Int(place.bits >> 32)][start..<start + count])
    }
    let start = Int(place.bits & ~Place.inFile)
    guard start < writtenBytes else { return Array(unwritten[(start - writtenBytes)..<(start - writtenBytes + count)]) }
    return try file?.read(start, count) ?? []
  }
}
