import CloudTrail
import Events
import Foundation

/// One of the tasks that read: decompresses, scans, and hands batches to its consumer.
final class ReadingWorker<Consumer: RecordConsumer> {
  private let consumer: Consumer
  private let feed: InputFeed
  private let progress: ReadingProgress
  private let scanner: RecordScanner
  private let text = TextBuffer(capacity: InputLimits.batchTextBytes)
  private var compressed = TextBuffer(capacity: 1 << 20)
  private let gzip = GzipDecompressor()
  private var summary = ReadingSummary()

  init(_ consumer: Consumer, feed: InputFeed, registry: EventRegistry, progress: ReadingProgress) {
    self.consumer = consumer
    self.feed = feed
    self.progress = progress
    scanner = RecordScanner(leanFields: consumer.leanFields, registry: registry)
  }

  func run() async throws -> (ReadingSummary, Consumer.Result) {
    scanner.beginBatch()
    while let work = feed.next(text) {
      try Task.checkCancellation()
      let sequence: Int
      switch work {
      case .piece(let region, let piece, let number):
        sequence = number
        scanner.scan(piece, of: region)
        progress.add(text: piece.count)
      case .files(let files, let number):
        sequence = number
        text.count = 0
        for file in files { try read(file) }
      }
      try flush()
      try await consumer.endUnit(sequence)
    }
    summary.problems.merge(scanner.problems)
    return (summary, try consumer.finish())
  }

  /// Hands on what was scanned since the last time and makes room.
  private func flush() throws {
    scanner.finishBatch()
    summary.note(scanner.batch)
    progress.add(records: scanner.batch.recordsRead)
    if !scanner.batch.rows.isEmpty { try consumer.consume(scanner.batch) }
    scanner.beginBatch()
    text.count = 0
  }

  private func read(_ file: PathWalker.Entry) throws {
    defer { progress.add(files: 1) }
    let size: Int
    do {
      size = try load(file)
    } catch {
      scanner.note(RecordProblem(file: file.path, error: error, offset: nil))
      return
    }
    progress.add(bytes: size)
    let input = UnsafeBufferPointer(start: UnsafePointer(compressed.start), count: size)
    switch Compression(input) {
    case .none:
      try makeRoom(size)
      (text.start + text.count).update(from: compressed.start, count: size)
      scan(size, file)
    case .gzip:
      let limit = min(InputLimits.wholeTextBytes, max(InputLimits.ratioFreeBytes, size * InputLimits.ratio))
      // The last member's length stands at the end of a gzip file; most files have one member.
      let hint = size >= 4 ? Int(input.baseAddress!.loadLittleEndian(at: size - 4)) : 0
      guard hint <= limit else { return try stream(file) }
      try makeRoom(hint + 1)
      switch gzip.decompress(input, to: text.start + text.count, capacity: min(text.free, limit)) {
      case .done(let count): return scan(count, file)
      case .damaged: return try stream(file)
      case .needsRoom: break
      }
      try makeRoom(limit)
      if case .done(let count) = gzip.decompress(input, to: text.start + text.count, capacity: limit) {
        return scan(count, file)
      }
      try stream(file)
    case .zstd: try stream(file)
    }
  }

  private func scan(_ count: Int, _ file: PathWalker.Entry) {
    scanner.scan(text.commit(count), of: TextRegion(file: file.path))
    progress.add(text: count)
  }

  /// Makes sure that `wanted` bytes fit behind the text in use.
  private func makeRoom(_ wanted: Int) throws {
    guard text.free < wanted else { return }
    try flush()
    text.grow(to: wanted)
  }

  /// Reads a file as a stream: too long for one go, damaged, or in a form that is only read so.
  private func stream(_ file: PathWalker.Entry) throws {
    try flush()
    do {
      let stream = TextStream(try openDecompressed(file.path), file: file.path)
      while let (region, piece) = stream.next(into: text) {
        scanner.scan(piece, of: region)
        progress.add(text: piece.count)
        try flush()
      }
      if let problem = stream.problem { scanner.note(problem) }
    } catch let error as InputError {
      scanner.note(RecordProblem(file: file.path, error: error, offset: nil))
    }
  }

  /// Reads a whole small file, compressed or not, and returns its size.
  private func load(_ file: PathWalker.Entry) throws -> Int {
    let source = try FileSource(file.path)
    compressed.count = 0
    compressed.grow(to: file.size + 1)
    var size = try source.read(into: compressed.start, capacity: compressed.capacity)
    // A file that has grown since it was listed is read on, up to what is read in one go.
    while size == compressed.capacity, size < InputLimits.wholeTextBytes {
      let larger = TextBuffer(capacity: compressed.capacity * 2)
      larger.start.update(from: compressed.start, count: size)
      compressed = larger
      size += try source.read(into: compressed.start + size, capacity: compressed.capacity - size)
    }
    return size
  }
}

extension UnsafePointer<UInt8> {
  fileprivate func loadLittleEndian(at offset: Int) -> UInt32 {
    UInt32(littleEndian: UnsafeRawPointer(self).loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
