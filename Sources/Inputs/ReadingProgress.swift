import Synchronization

/// How far a reading has come; written by workers, read by whoever shows it.
public final class ReadingProgress: Sendable {
  private let fileCount = Atomic<Int>(0)
  private let byteCount = Atomic<Int>(0)
  private let textCount = Atomic<Int>(0)
  private let recordCount = Atomic<Int>(0)

  public init() {}

  package func add(files: Int = 0, bytes: Int = 0, text: Int = 0, records: Int = 0) {
    if files != 0 { fileCount.wrappingAdd(files, ordering: .relaxed) }
    if bytes != 0 { byteCount.wrappingAdd(bytes, ordering: .relaxed) }
    if text != 0 { textCount.wrappingAdd(text, ordering: .relaxed) }
    if records != 0 { recordCount.wrappingAdd(records, ordering: .relaxed) }
  }

  /// Files read.
  public var files: Int { fileCount.load(ordering: .relaxed) }
  /// Bytes of files read, compressed where they are.
  public var bytes: Int { byteCount.load(ordering: .relaxed) }
  /// Bytes of decompressed text.
  public var textBytes: Int { textCount.load(ordering: .relaxed) }
  /// Records met.
  public var records: Int { recordCount.load(ordering: .relaxed) }
}
