import Events
import Foundation
import JSON

/// A piece of a file's decompressed text that is scanned at once.
public struct TextRegion: Sendable {
  public var file: String
  /// By what the file is told from others, where that is not what it is called.
  public var place: String?
  /// Where the piece starts in the decompressed file.
  public var offset: Int
  /// How many records of the file come before the piece.
  public var recordsBefore: Int
  /// True for a piece that was cut at record boundaries out of something larger: a run of records with commas or line
  /// ends between them, without what wraps them.
  public var isFramed: Bool
  /// False for a text that was made of something else, in which offsets say nothing.
  public var hasOffsets = true
  /// True for a text of documents that need be no events: what is given as a hit of Elasticsearch is taken without a time, too.
  public var isOfDocuments = false
  /// True for a text of documents that are put into data streams, which take none without a time.
  public var isForStreams = false
  /// True for a text whose records were put together from the columns of a table.
  public var isRebuilt = false
  /// What stands before the first record of a text whose head is missing: nothing in it is read, which is told.
  public var isHead = false
  /// True for what follows such a head: what wraps the records is not whole, which has been told.
  public var isHeadless = false
  /// The gzip member that all of the text came as, where whoever reads the batch is to know.
  public var member: GzipMember?

  public init(file: String, offset: Int = 0, recordsBefore: Int = 0, isFramed: Bool = false) {
    self.file = file
    self.offset = offset
    self.recordsBefore = recordsBefore
    self.isFramed = isFramed
  }
}

/// Finds the records in JSON text of every shape that CloudTrail comes in, checks them, and fills a `RecordBatch`.
///
/// The text is indexed and checked as a whole; only where it turns out to be broken are its records taken one by one, so
/// that the good ones are kept (`RecordRecovery`).
public final class RecordScanner {
  public internal(set) var batch: RecordBatch
  public private(set) var problems = ProblemLog()

  private let indexer = StructuralIndexer()
  private let recoveryIndexer = StructuralIndexer()
  let registry: EventRegistry
  private let keepsHeads: Bool
  private let keepsTokens: Bool
  let table = RecordKeyTable.standard
  let predictor = RecordKeyPredictor()
  var principals = KnownPrincipals()
  let members = RecordMembers()
  var region = TextRegion(file: "")
  private var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  /// Where what is indexed starts in the text.
  var base = 0
  /// Where the record starts at which a walk failed, when it failed inside an array of records or behind one.
  var resumeOffset: Int?
  var recordsInRegion = 0
  private var problemsInText = 0
  /// What reads texts within texts.
  var nested = NestedTexts()
  /// What puts records together from rows of results.
  var rows = ResultRows()
  /// What stands in the texts scanned since the last `takeForeign` and is known to be something else.
  private var foreign: ForeignRecords?
  /// True when records that are known to be something else become problems by themselves; else the caller takes them.
  public var tellsForeign = true
  private let lean: LeanColumns
  /// True when a backslash stands in the record that was walked over last, or may.
  var isEscaped = true
  /// The last `eventID` that was met, by where its text starts.
  var prepared: (start: UnsafePointer<UInt8>?, id: EventID)?

  /// - Parameters:
  ///   - keepsHeads: batches say of each row which event it tells.
  ///   - keepsTokens: of the text that was scanned last batches know where the tokens of each record are, until another is
  ///     scanned. Mapping a record is cheaper with them.
  public init(leanFields: [LeanField], registry: EventRegistry, keepsHeads: Bool = false, keepsTokens: Bool = false) {
    self.keepsHeads = keepsHeads
    self.keepsTokens = keepsTokens
    lean = LeanColumns(leanFields)
    batch = RecordBatch(leanFields: leanFields)
    self.registry = registry
  }

  /// Starts a new batch; what the old one borrowed may be used again.
  public func beginBatch() {
    batch.removeAll()
    lean.removeAll()
    principals.removeAll()
  }

  /// Ends the batch after the last text.
  public func finishBatch() { batch.lean = lean.columns(rowCount: batch.rows.count) }

  /// Notes a problem that has nothing to do with one record.
  public func note(_ problem: RecordProblem) { problems.note(problem) }

  /// Gives memory back after an unusually large text.
  public func trim(to capacity: Int) { indexer.trim(to: capacity) }

  /// Adds the records of a text to the batch. The text stays in place, unchanged, and with 64 zero bytes behind it, for as
  /// long as the batch is used.
  /// - Returns: how many records the text held, bad ones too.
  @discardableResult
  public func scan(_ text: UnsafeBufferPointer<UInt8>, of region: TextRegion) -> Int {
    self.region = region
    self.text = text
    // Another text may stand where an earlier one stood.
    prepared = nil
    recordsInRegion = 0
    batch.begin(region, text)
    if region.isHead {
      recordsInRegion = 1
      note(
        .brokenJSON, 0, "the text does not start with a record: its first \(text.count) bytes were not read")
      batch.recordsRead += 1
      return 1
    }
    var start = 0
    // A byte order mark is no JSON, but files have it.
    if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { start = 3 }
    do {
      base = start
      let index = try indexer.index(UnsafeBufferPointer(rebasing: text[start...]))
      if keepsTokens { batch.tokens.set(index, by: indexer) }
      var walker = JSONWalker(index)
      if let broken = scanDocuments(&walker) { recover(from: broken, start: start) }
    } catch .empty {
      // An empty file holds no records and is no error.
    } catch .outOfMemory {
      // Each of its records takes less.
      recover(from: start, start: start, isSound: true)
      if !region.isFramed {
        note(.noRoom, start, "not enough memory for the whole text: its records were read one by one")
      }
    } catch {
      recover(from: start, start: start)
    }
    batch.recordsRead += recordsInRegion
    return recordsInRegion
  }

  /// A complete object has been walked and `members` holds its members: makes it a row.
  func take(_ index: StructuralIndex, _ object: Int, endToken: Int) {
    let offset = index.offset(object)
    let end = index.offset(endToken - 1) + 1
    // A record of CloudTrail has a time and an id, one of ECS a time: all else is looked at more closely.
    let isPlain =
      members.token(.eventTime) != nil ? members.token(.eventID) != nil : members.token(.timestamp) != nil
    if !isPlain || members.holdsText, takeWrapped(JSONNode(index, token: object), offset: base + offset) { return }
    recordsInRegion += 1
    add(
      index, object: object, UnsafeBufferPointer(start: index.bytes + offset, count: end - offset),
      offset: base + offset)
  }

  /// Adds a row for a record whose members are in `members`.
  func add(_ index: StructuralIndex, object: Int, _ record: UnsafeBufferPointer<UInt8>, offset: Int) {
    guard record.count <= RecordLimits.recordBytes else {
      return note(.tooLong, offset, "a record longer than \(RecordLimits.recordBytes) bytes")
    }
    let kind: RecordKind
    var time: Timestamp?
    if let node = members.node(.eventTime, in: index) {
      kind = .cloudTrail
      time = node.isString ? timestamp(node) : RecordTime.epoch(node)
    } else if let node = members.node(.timestamp, in: index) {
      kind = .ecs
      time = RecordTime.isMissing(node) ? untimed(JSONNode(index, token: object)) : timestamp(node, isOfECS: true)
    } else if let source = members.node(.source, in: index), source.isObject {
      kind = .ecs
      let node = source.member("@timestamp")
      time =
        node.map(RecordTime.isMissing) ?? true
        ? untimed(source, in: JSONNode(index, token: object)) : node.flatMap { timestamp($0, isOfECS: true) }
    } else if let node = members.node(.digestEndTime, in: index) {
      kind = .digest
      time = timestamp(node)
    } else if EventOutcome.isAggregated(members, in: index) {
      kind = .cloudTrail
      time = members.node(.timeWindow, in: index)?.member("windowStart").flatMap {
        $0.isString ? timestamp($0) : RecordTime.epoch($0)
      }
    } else if isNamed(JSONNode(index, token: object)) || Self.isEvent(JSONNode(index, token: object)) {
      kind = .ecs
      time = Timestamp.missing
    } else {
      return members.areOfRecord
        ? note(.noTime, offset, ForeignForm.noEvent.sentence) : note(ForeignForm.noEvent, offset)
    }
    guard let time else {
      return note(
        .noTime, offset,
        kind == .ecs && lacksTime(index)
          ? "it has no @timestamp" : "its time is no ISO 8601 date of the years 0001 to 9999")
    }
    let id: EventID
    let head: EventHead
    let isAlert = kind == .ecs && isAlert(index)
    if kind == .ecs, !registry.takesOwn, let reason = ownStream(index) { return note(.reserved, offset, reason) }
    if let told = identity(kind, isAlert: isAlert, index) {
      id = told.own
      if prepared?.id != told.event.id { registry.prepare(told.event.id) }
      let form: EventContent.Form = kind == .ecs ? .ecs : region.isRebuilt ? .rebuilt : .record
      let content = EventContent.of(form, isUpdate: told.isUpdate, hash: ByteHash.hash(record, seed: 0))
      if case .duplicate = registry.register(told.event, content: content) {
        batch.duplicates += 1
        return
      }
      head = EventHead(time: time, identity: told.event, content: content, form: kind.rawValue)
    } else {
      id = digestID(record)
      head = EventHead(time: time, identity: EventIdentity(id), content: EventHead.unnamed, form: kind.rawValue)
    }
    if keepsHeads { batch.heads.append(head) }
    if keepsTokens { batch.tokens.append(members, in: index) }
    var row = RecordRow(start: record.baseAddress!, length: record.count, kind: kind, time: time, id: id)
    row.mayBeEscaped = isEscaped
    row.isAlert = isAlert
    if kind == .cloudTrail {
      lean.begin(batch.rows.count, members, in: index, isEscaped: isEscaped)
      if let column = lean.outcome {
        EventOutcome.of(members, in: index)?.withBytes { lean.append(Scalar(.string, $0), column: column) }
      }
      locateParts(index, record, in: &row)
    }
    batch.rows.append(row)
  }

  /// Notes where the parts of a record lie that are looked into before it is mapped.
  @inline(__always)
  private func locateParts(
    _ index: StructuralIndex, _ record: UnsafeBufferPointer<UInt8>, in row: inout RecordRow
  ) {
    // Offsets in the index count from its own text, those of a row from the record's start.
    let base = index.bytes - record.baseAddress!
    if let identity = members.token(.userIdentity), index.byte(identity) == UInt8(ascii: "{") {
      let principal =
        members.principal ?? RecordMembers.Principal(index, identity, end: index.tokenAfter(identity))
      if let type = principal.type, let column = lean.identityType {
        lean.append(index, type, column: column, isEscaped: isEscaped)
      }
      row.principal = principal.number
      row.identity = (base + index.offset(identity))..<(base + index.offset(principal.end - 1) + 1)
    }
    if let request = members.token(.requestParameters) {
      let end = members.requestEnd.map { base + index.offset($0 - 1) + 1 }
      row.request = (base + index.offset(request))..<(end ?? record.count)
    }
    row.parametersStart = members.firstParameter.map { base + index.offset($0) } ?? record.count
  }

  /// True for an event in ECS by what it holds, for one without `@timestamp`.
  private static func isEvent(_ node: JSONNode) -> Bool {
    if let event = node.member("event"), event.isObject {
      return ["action", "kind", "category", "dataset", "ingested", "created"].contains { event.member($0) != nil }
    }
    return ["event.action", "event.kind", "event.category", "event.dataset", "event.ingested", "event.created"].contains
    {
      node.member($0) != nil
    }
  }

  /// The time of an event that has none; nil for what is no event.
  ///
  /// - Parameter document: what holds the event, where it stands in a hit.
  private func untimed(_ node: JSONNode, in document: JSONNode? = nil) -> Timestamp? {
    region.isOfDocuments || isNamed(document ?? node) || Self.isEvent(node) ? Timestamp.missing : nil
  }

  /// True where a document in ECS, or a hit's, has no time at all.
  private func lacksTime(_ index: StructuralIndex) -> Bool {
    if let node = members.node(.timestamp, in: index) { return RecordTime.isMissing(node) }
    guard let source = members.node(.source, in: index), source.isObject else { return false }
    return source.member("@timestamp").map(RecordTime.isMissing) ?? true
  }

  /// True for a document that names its index. It is one whatever it holds: an index needs no field of times.
  private func isNamed(_ document: JSONNode) -> Bool {
    !region.isForStreams && document.member("_index")?.isString ?? false
  }

  /// - Parameter isOfECS: the time is read as a date field of Elasticsearch reads it.
  private func timestamp(_ node: JSONNode, isOfECS: Bool = false) -> Timestamp? {
    isOfECS ? RecordTime.ofDocument(node) : RecordTime.of(node)
  }

  /// An `eventID`, a string, was met: what is known of it is fetched while the rest of the record is walked over.
  @inline(__always)
  func prepareIdentity(_ index: StructuralIndex, _ value: Int) {
    let text = index.rawString(value)
    guard text.count > 0 else { return }
    let id = EventID(text: text)
    registry.prepare(id)
    prepared = (text.baseAddress, id)
  }

  private func digestID(_ record: UnsafeBufferPointer<UInt8>) -> EventID {
    EventID(digestOf: record)
  }

  // MARK: Trouble

  func noteNotAnObject(_ offset: Int) {
    recordsInRegion += 1
    note(.notAnObject, offset, "a record must be a JSON object")
  }

  /// The records of a file are whole but what wraps them is not: they have been taken, and must not be taken again.
  func noteBrokenWrapper(_ offset: Int) {
    problemsInText += 1
    problems.note(
      RecordProblem(
        file: region.file, cause: .brokenJSON, offset: region.hasOffsets ? region.offset + offset : nil,
        detail: "the JSON behind the records is broken or cut off"))
  }

  /// Notes trouble with the record that was met last. What stands in a text within a text has the place of the outermost.
  func note(_ cause: ProblemCause, _ offset: Int, _ detail: String, count: Int = 1) {
    problemsInText += 1
    var problem = RecordProblem(
      file: region.file, cause: cause, record: region.recordsBefore + recordsInRegion, offset: place(offset),
      detail: detail)
    problem.count = count
    problems.note(problem)
  }

  /// Notes that the record that was met last is something else than CloudTrail.
  func note(_ form: ForeignForm, _ offset: Int) {
    if tellsForeign { return note(form.cause, offset, form.sentence) }
    problemsInText += 1
    let record = region.recordsBefore + recordsInRegion
    if foreign == nil { foreign = ForeignRecords(form: form, record: record, offset: place(offset)) }
    foreign?.count += 1
  }

  private func place(_ offset: Int) -> Int? {
    region.hasOffsets ? region.offset + (nested.place ?? offset) : nil
  }

  /// Gives what was wrong since the last time, and forgets it: for whoever has to tell it of each text.
  public func takeProblems() -> ProblemLog {
    guard !problems.isEmpty else { return problems }
    defer { problems = ProblemLog() }
    return problems
  }

  /// Gives what stood in the texts scanned since the last time and is known to be something else, and forgets it.
  public func takeForeign() -> ForeignRecords? {
    defer { foreign = nil }
    return foreign
  }

  func cause(_ fault: JSONFault) -> ProblemCause {
    switch fault {
    case .tooDeep: .tooDeep
    case .stringTooLong: .tooLong
    case .outOfMemory: .noRoom
    default: .brokenJSON
    }
  }

  /// Takes the records from `offset` on one by one.
  ///
  /// - Parameter isSound: true where nothing says that the text is broken.
  private func recover(from offset: Int, start: Int, isSound: Bool = false) {
    let problemsBefore = problemsInText
    var recovery = RecordRecovery(text: text, from: offset, isFramed: region.isFramed || offset > start)
    while let found = recovery.next() {
      switch found {
      case .garbage(let offset):
        recordsInRegion += 1
        note(.brokenJSON, offset, "what stands here is no JSON object")
      case .unclosed(let offset):
        recordsInRegion += 1
        note(.brokenJSON, offset, "the record is not closed: the text is cut off, or a quote or bracket is missing")
      case .tooLong(let offset):
        recordsInRegion += 1
        note(.tooLong, offset, "a record longer than \(RecordLimits.recordBytes) bytes")
      case .gaveUp(let offset):
        note(.gaveUp, offset, "too much of the file is broken; what follows was not read")
      case .record(let range):
        if let fault = takeAlone(range) {
          recordsInRegion += 1
          note(cause(fault.fault), range.lowerBound + fault.offset, fault.fault.explanation)
          recovery.refuse(range)
        }
      case .text(let range):
        if let fault = takeAlone(range) {
          recordsInRegion += 1
          note(cause(fault.fault), range.lowerBound, fault.fault.explanation)
          recovery.refuse(range)
        }
      }
    }
    // All that was left is sound, so what is not is around it.
    if problemsInText == problemsBefore, !isSound, !region.isHeadless { noteBrokenWrapper(offset) }
  }

  /// Reads one record by itself, out of a copy with zeros behind it; returns what is wrong with it.
  private func takeAlone(_ range: Range<Int>) -> (fault: JSONFault, offset: Int)? {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: range.count + 64)
    copy.initialize(repeating: 0)
    memcpy(copy.baseAddress!, text.baseAddress! + range.lowerBound, range.count)
    batch.unwrapped.append(copy)
    do {
      let index = try recoveryIndexer.index(UnsafeBufferPointer(start: copy.baseAddress, count: range.count))
      var walker = JSONWalker(index)
      let after = walker.skip(0)
      guard after == index.count else {
        return (after < 0 ? walker.fault : .unexpectedCharacter, after < 0 ? walker.faultOffset : 0)
      }
      // It is sound, so that going over it once more, for what it is or wraps, cannot fail.
      base = range.lowerBound
      if index.byte(0) == UInt8(ascii: "\"") {
        takeText(JSONNode(index, token: 0), offset: base, of: "the text")
        return nil
      }
      var again = JSONWalker(index)
      _ = scanObject(&again, 0, atTop: true)
      return nil
    } catch {
      return (error, 0)
    }
  }
}
