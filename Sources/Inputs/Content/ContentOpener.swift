import CloudTrail

/// What stands in some bytes, opened to be read.
enum OpenedContent {
  /// Text in JSON, or made to be that, and what is to be said of all of it.
  case text(any ByteSource, TextRegion)
  case archive(ArchiveReader)
  /// What is known, and is not read.
  case known(KnownForm)
  /// No form that is known.
  case unknown
}

extension OpenedContent {
  /// Compression and encoding are taken off this many times: files that were packed twice by mistake are common.
  private static let layers = 4

  /// Looks at the start of some bytes, and takes off compression and encoding until records, or what holds them, appear.
  ///
  /// - Parameters:
  ///   - level: how many archives the bytes are in.
  ///   - budget: that of the outermost of them.
  static func open(
    _ source: any ByteSource, _ origin: InputOrigin, level: Int = 0, budget: ArchiveBudget? = nil
  ) throws -> OpenedContent {
    func text(_ source: any ByteSource, isMade: Bool = false, isRebuilt: Bool = false) -> OpenedContent {
      var region = TextRegion(file: origin.name)
      region.place = origin.place
      region.hasOffsets = !isMade
      region.isRebuilt = isRebuilt
      return .text(budget.map { BudgetedSource(source, $0) } ?? source, region)
    }
    var source = budget.map { MemberBound(source, $0) } ?? source
    for _ in 0..<layers {
      let peeked = PeekedSource(source)
      switch peeked.head.withUnsafeBufferPointer(ContentForm.of) {
      case .gzip: source = try GzipSource(unpacking: peeked)
      case .zstd: source = try ZstdSource(unpacking: peeked)
      case .bzip2: source = try Bzip2Source(unpacking: peeked)
      case .xz: source = try XzSource(unpacking: peeked)
      case .utf16(let isLittleEndian): source = UTF16Source(peeked, isLittleEndian: isLittleEndian)
      case .archive where origin.isForeignPackage: return .unknown
      case .archive(let format):
        guard level < InputLimits.archiveLevels else {
          throw InputError.bomb("archives within archives, more than \(InputLimits.archiveLevels) deep")
        }
        let file = format == .zip ? peeked.file.flatMap { ZipDirectory.isNeeded($0) ? $0 : nil } : nil
        return .archive(try ArchiveReader(peeked, seeking: file, format: format, level: level, budget: budget))
      case .csv(let layout):
        return text(CSVSource(peeked, layout: layout), isMade: true, isRebuilt: layout.isOfMembers)
      case .stamped: return text(StampedLines(peeked), isMade: true)
      case .known(let form): return .known(form)
      case .empty: return text(peeked)
      case .json:
        let isMeant = origin.isNamed || origin.promise != .unknown
        guard isMeant || peeked.mentionsRecords else { return .unknown }
        return peeked.largeObject.map { .known($0) } ?? text(peeked)
      case .text:
        // Text that is broken at its start may hold records all the same, and says so.
        let isMeant = origin.isNamed || origin.promise == .json
        return isMeant || peeked.holdsRecordLines ? text(peeked) : .unknown
      case .binary:
        return origin.promise == .json ? text(peeked) : .unknown
      }
    }
    throw InputError.bomb("compressed more than \(layers) times over")
  }
}

extension PeekedSource {
  fileprivate var mentionsRecords: Bool { head.withUnsafeBufferPointer(ContentForm.mentionsRecords) }
  fileprivate var holdsRecordLines: Bool { head.withUnsafeBufferPointer(ContentForm.holdsRecordLines) }
}

/// What a reading says of files that are not read: those that were named become problems, others are counted.
struct UnreadFiles {
  private(set) var passedOver = PassedOver()
  private(set) var problems = ProblemLog()

  /// Notes a file of a known form.
  mutating func note(_ known: KnownForm, _ origin: InputOrigin) {
    let isBad = origin.isNamed || known.mayHoldRecords || known.isCountedBySuffix && origin.promise == .json
    guard isBad else {
      if known.isOurs { return }
      return passedOver.note(origin.name, kind: known.isCountedBySuffix ? origin.kind : known.form.name)
    }
    problems.note(
      RecordProblem(
        file: origin.name, cause: known.mayHoldRecords ? .unopened : known.form.cause, detail: known.form.sentence))
  }

  /// Notes a file of no known form.
  mutating func noteUnknown(_ origin: InputOrigin) {
    guard origin.isNamed else { return passedOver.note(origin.name, kind: origin.kind) }
    problems.note(
      RecordProblem(
        file: origin.name, cause: .otherForm,
        detail: "of no known form: neither JSON nor CSV of records, nor an archive that is opened"))
  }

  /// Notes records of a file that has been read which are known to be something else.
  ///
  /// - Parameter records: how many there are in the file.
  /// - Returns: true when it is a file of another kind, which was found and is passed over.
  mutating func settle(_ foreign: ForeignRecords, of records: Int, _ origin: InputOrigin) -> Bool {
    if !origin.isNamed, foreign.count == records {
      passedOver.note(origin.name, kind: foreign.form.name)
      return true
    }
    var problem = RecordProblem(
      file: origin.name, cause: foreign.form.cause, record: foreign.record, offset: foreign.offset,
      detail: foreign.form.sentence)
    problem.count = foreign.count
    problems.note(problem)
    return false
  }

  mutating func merge(_ other: PassedOver) { passedOver.merge(other) }
}
