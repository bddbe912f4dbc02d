import CloudTrail
import Events
import Foundation

/// One of the tasks that read: decompresses, scans, and hands batches to its consumer.
final class ReadingWorker<Consumer: RecordConsumer> {
  private let consumer: Consumer
  private let feed: InputFeed
  private let progress: ReadingProgress
  private let scanner: RecordScanner
  private let sizes: ReadingSizes
  private let text: TextBuffer
  private var compressed = TextBuffer(capacity: 1 << 20)
  /// Members of archives, by how many archives they are in.
  private var members = [TextBuffer(capacity: 0)]
  private let gzip = GzipDecompressor()
  private var summary = ReadingSummary()
  private var unread = UnreadFiles()
  /// False once something of the file that is being read could not be.
  private var isWhole = true

  private let plausible: ClosedRange<Timestamp>

  init(
    _ consumer: Consumer, feed: InputFeed, registry: EventRegistry, progress: ReadingProgress,
    plausible: ClosedRange<Timestamp>
  ) {
    self.plausible = plausible
    self.consumer = consumer
    self.feed = feed
    sizes = feed.sizes
    text = TextBuffer(capacity: sizes.batchTextBytes)
    self.progress = progress
    scanner = RecordScanner(
      leanFields: consumer.leanFields, registry: registry, keepsHeads: consumer.wantsHeads,
      keepsTokens: consumer.wantsTokens)
    // What a whole file is known to be is told of the file.
    scanner.tellsForeign = false
  }

  func run() async throws -> (ReadingSummary, Consumer.Result) {
    scanner.beginBatch()
    var ended: [SourceObject] = []
    while let work = feed.next(text: text, members: members[0]) {
      try Task.checkCancellation()
      let sequence: Int
      switch work {
      case .piece(let region, let piece, let tally, let number):
        sequence = number
        let records = scanner.scan(piece, of: region)
        tally.add(records: records, scanner.takeForeign())
        progress.add(text: piece.count)
      case .files(let files, let number):
        sequence = number
        text.count = 0
        for file in files where try read(file) { if let object = file.object { ended.append(object) } }
      case .members(let loaded, let number):
        sequence = number
        text.count = 0
        for member in loaded { try read(member, in: members[0]) }
      }
      try flush()
      for object in ended { consumer.endFile(object) }
      ended.removeAll(keepingCapacity: true)
      try await consumer.endUnit(sequence)
    }
    // What was cut off is no end.
    try Task.checkCancellation()
    return try end()
  }

  /// Reads one text that is in memory, whatever is in it, as if it were a file of that name.
  func run(_ bytes: UnsafeBufferPointer<UInt8>, name: String, isNamed: Bool) throws -> (
    ReadingSummary, Consumer.Result
  ) {
    scanner.beginBatch()
    text.count = 0
    try read(bytes, InputOrigin(name: name, path: name, isNamed: isNamed))
    try flush()
    return try end()
  }

  private func end() throws -> (ReadingSummary, Consumer.Result) {
    summary.problems.merge(scanner.problems)
    summary.problems.merge(unread.problems)
    summary.passedOver.merge(unread.passedOver)
    summary.problems.merge(consumer.problems)
    return (summary, try consumer.finish())
  }

  /// Hands on what was scanned since the last time and makes room.
  private func flush() throws {
    scanner.finishBatch()
    summary.note(scanner.batch, plausible: plausible)
    progress.add(records: scanner.batch.recordsRead)
    if !scanner.batch.rows.isEmpty { try consumer.consume(scanner.batch) }
    scanner.beginBatch()
    text.count = 0
  }

  /// False where the file could not be read to its end.
  private func read(_ file: PathWalker.Entry) throws -> Bool {
    try Task.checkCancellation()
    isWhole = true
    // The start says whether a file is meant at all whose name does not.
    if file.origin.promise == .unknown, !file.origin.isNamed, file.size > PeekedSource.headBytes {
      progress.add(bytes: file.size)
      try stream(file.origin) { try FileSource(file.path) }
      return isWhole
    }
    let size: Int
    do {
      size = try load(file)
    } catch {
      scanner.note(RecordProblem(file: file.origin.name, error: error, offset: nil))
      progress.add(files: 1)
      return false
    }
    progress.add(bytes: size)
    try read(UnsafeBufferPointer(start: UnsafePointer(compressed.start), count: size), file.origin)
    return isWhole
  }

  private func read(_ member: LoadedMember, in buffer: TextBuffer) throws {
    let bytes = UnsafeBufferPointer(start: UnsafePointer(buffer.start), count: member.range.upperBound)
    try read(
      UnsafeBufferPointer(rebasing: bytes[member.range]), member.origin, level: member.level, budget: member.budget)
  }

  /// Reads a file or a member of an archive that is in memory, packed as it is.
  private func read(
    _ input: UnsafeBufferPointer<UInt8>, _ origin: InputOrigin, level: Int = 0, budget: ArchiveBudget? = nil
  ) throws {
    func slowly() throws { try stream(origin, level: level, budget: budget) { MemorySource(input) } }
    do {
      try budget?.check()
    } catch {
      return scanner.note(RecordProblem(file: origin.name, error: error, offset: nil))
    }
    let size = input.count
    switch Compression(input) {
    case .none:
      guard isPlain(input, origin) else { return try slowly() }
      try makeRoom(size)
      if let start = input.baseAddress { (text.start + text.count).update(from: start, count: size) }
      try scan(size, origin, budget)
    case .gzip:
      let limit = min(sizes.wholeTextBytes, max(InputLimits.quickTextBytes, size * InputLimits.ratio))
      // The last member's length stands at the end of a gzip file; most files have one member.
      let hint = size >= 4 ? Int(input.baseAddress!.loadLittleEndian(at: size - 4)) : 0
      guard hint <= limit else { return try slowly() }
      try makeRoom(hint + 1)
      var outcome = gzip.decompress(input, to: text.start + text.count, capacity: min(text.free, limit))
      if case .needsRoom = outcome {
        try makeRoom(limit)
        outcome = gzip.decompress(input, to: text.start + text.count, capacity: limit)
      }
      guard case .done(let count, let member) = outcome,
        isPlain(UnsafeBufferPointer(start: UnsafePointer(text.start + text.count), count: count), origin)
      else { return try slowly() }
      try scan(
        count, origin, budget, consumer.wantsMembers ? member.map { UnsafeBufferPointer(rebasing: input[..<$0]) } : nil)
    case .zstd, .bzip2, .xz: try slowly()
    }
  }

  /// True for text that is JSON by its start, and is meant to be read. All else is looked at more closely.
  private func isPlain(_ text: UnsafeBufferPointer<UInt8>, _ origin: InputOrigin) -> Bool {
    guard origin.promise != .unknown || origin.isNamed else { return false }
    guard text.count > 1 else { return text.isEmpty }
    // In UTF-16 a zero follows.
    if text[0] == UInt8(ascii: "{") { return text[1] != 0 && ContentForm.looksLikeJSON(text) }
    return text[0] == UInt8(ascii: "[") && ContentForm.looksLikeJSON(text) && HeadlessText(text).startsAtValue
  }

  private func scan(
    _ count: Int, _ origin: InputOrigin, _ budget: ArchiveBudget?, _ member: UnsafeBufferPointer<UInt8>? = nil
  ) throws {
    let found = scanner.batch.eventsFound
    var region = TextRegion(file: origin.name)
    region.place = origin.place
    if let member, GzipMember.isWorthKeeping(member.count, textBytes: count) {
      region.member = GzipMember(Array(member), textBytes: count)
    }
    let records = scanner.scan(text.commit(count), of: region)
    if scanner.batch.eventsFound == found { budget?.add(barren: count) }
    progress.add(files: 1, text: count)
    settleForeign(origin, records: records)
    // The tokens of the next text would take the place of this one's.
    if consumer.wantsTokens, count >= sizes.ownBatchBytes { try flush() }
  }

  /// A file has been read: if all its records are known to be something else, it is one of another kind.
  private func settleForeign(_ origin: InputOrigin, records: Int) {
    guard let foreign = scanner.takeForeign() else { return }
    if unread.settle(foreign, of: records, origin) { progress.add(files: -1) }
  }

  /// Makes sure that `wanted` bytes fit behind the text in use.
  private func makeRoom(_ wanted: Int) throws {
    guard text.free < wanted else { return }
    try flush()
    text.grow(to: wanted)
  }

  /// Reads what is too long for one go, damaged, or in a form that takes more than scanning.
  private func stream(
    _ origin: InputOrigin, level: Int = 0, budget: ArchiveBudget? = nil, _ source: () throws -> any ByteSource
  ) throws {
    let content: OpenedContent
    do {
      content = try OpenedContent.open(try source(), origin, level: level, budget: budget)
    } catch let error as InputError {
      isWhole = false
      scanner.note(RecordProblem(file: origin.name, error: error, offset: nil))
      progress.add(files: 1)
      return
    }
    switch content {
    case .text(let source, let region): try scan(TextStream(source, region, sizes: sizes), origin)
    case .archive(let reader): try read(ArchiveWalk(reader, origin, sizes: sizes))
    case .known(let form): unread.note(form, origin)
    case .unknown: unread.noteUnknown(origin)
    }
  }

  private func scan(_ stream: TextStream, _ origin: InputOrigin) throws {
    try flush()
    var records = 0
    while let (region, piece) = stream.next(into: text) {
      try Task.checkCancellation()
      records += scanner.scan(piece, of: region)
      progress.add(text: piece.count)
      try flush()
    }
    progress.add(files: 1)
    for problem in stream.takeProblems() { scanner.note(problem) }
    if let problem = stream.problem {
      isWhole = false
      scanner.note(problem)
    }
    settleForeign(origin, records: records)
  }

  /// Reads an archive that was found where none was expected, or within another, by itself.
  private func read(_ walk: ArchiveWalk) throws {
    let level = walk.reader.level + 1
    while members.count <= level { members.append(TextBuffer(capacity: 0)) }
    while true {
      try Task.checkCancellation()
      let portion = walk.next(into: members[level])
      for problem in portion.problems.problems { scanner.note(problem) }
      unread.merge(portion.passedOver)
      for member in portion.members { try read(member, in: members[level]) }
      if let (origin, source) = portion.long {
        try stream(origin, level: level, budget: walk.reader.budget) { source }
      }
      if portion.isLast { return }
    }
  }

  /// Reads a whole small file, compressed or not, and returns its size.
  private func load(_ file: PathWalker.Entry) throws -> Int {
    let source = try FileSource(file.path)
    compressed.count = 0
    compressed.grow(to: file.size + 1)
    var size = try source.read(into: compressed.start, capacity: compressed.capacity)
    // A file that has grown since it was listed is read on, up to what is read in one go.
    while size == compressed.capacity, size < sizes.wholeTextBytes {
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
