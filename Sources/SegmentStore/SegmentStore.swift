import Databases
import Events
import Foundation
import GRDB
import Parallel
import Segments
import Store
import Synchronization

/// A folder of events on one machine: immutable segments, and a catalog that says which count.
///
/// What it promises, each held by a test of that name:
/// 1. **Durable.** When `append` returns, its events survive a crash of the process and a loss of power.
/// 2. **All or nothing.** Events, the rows that they replace and the objects that they came from become visible together,
///    or not at all.
/// 3. **Once.** An event that is there already is not stored again: it counts as a duplicate. Of two texts under one
///    identity the one with the lower content counts, in whichever order they come.
/// 4. **A snapshot stays.** It shows the events of one moment for as long as it is held, and says which parts it lacks.
/// 5. **One writer, many readers.** A second writer is refused and told who the first is; readers beside it see what was
///    committed.
/// 6. **As it came.** The source text of an event is given back byte for byte.
public final class SegmentStore: Sendable {
  public enum Access: Sendable {
    case reading
    /// Reading, and keeping what is worked out of segments, beside whoever writes.
    case answering
    /// Writing too; the name is what this process is, for whoever finds the folder taken.
    case writing(as: String)
  }

  let folder: StoreFolder
  let catalog: Catalog
  let lock: FolderLock?
  let state: Mutex<State>
  /// The paths of columns, which the segments mostly have in common.
  let columnPaths = SharedPaths()
  /// The ids of stored events, for whoever stores others.
  private let storedIDs = StoredIDs()
  /// Works out what is to be kept beside a new segment, of it or of the events that were written to it.
  public typealias Answering = @Sendable (SegmentPart, SourcedBatch) throws -> KeptAnswers

  private let answering: Answering?

  struct State {
    var parts: [SegmentPart] = []
    var missing: [MissingSegment] = []
    /// Names of files are numbers too, and never come again.
    var nextName: Int64 = 1
    /// Segments are numbered in the order in which they were committed.
    var lastNumber: Int64 = 0
    /// The highest name that was committed.
    var lastCommitted: Int64 = 0
    /// True where the mark of the newest commit was gone and is there again, until that is told.
    var renewsMark = false
  }

  /// Opens a folder; one that is not there, or is empty, is made when it is opened for writing. Throws `StoreError`.
  ///
  /// - Parameter answering: is asked about each segment before it counts, and before it has a number; what it gives becomes visible
  ///   together with it. May be called from several tasks at once.
  public init(_ path: String, _ access: Access, answering: Answering? = nil) throws {
    self.answering = answering
    folder = StoreFolder(path: path)
    let found = try folder.state()
    if case .unfinished = found {
      throw StoreError(
        .foreign,
        "\(path) is a backup that is not whole: it is being written, or what wrote it was killed, and then martlet backup begins it anew"
      )
    }
    if case .other(let names) = found {
      if FileManager.default.fileExists(atPath: folder.segments) {
        throw StoreError(
          .damaged,
          "\(path) has segments and no catalog.sqlite, which says what of them counts: put that file back, from a backup if need be, or "
            + "ingest the files that the events came from into a new folder")
      }
      throw StoreError(
        .foreign,
        names.isEmpty
          ? "\(path) is no folder"
          : "\(path) is no folder of events, and is not empty (\(names.joined(separator: ", "))…)")
    }
    switch access {
    case .reading, .answering:
      guard case .store = found else {
        throw StoreError(
          .missing, "there are no stored events at \(path); martlet ingest or martlet serve makes the folder")
      }
      lock = nil
      let isReadOnly = if case .reading = access { true } else { false }
      if !isReadOnly, ReadOnlyMount.holds(folder.catalog) {
        throw StoreError(.io, ReadOnlyMount.refusal(of: path))
      }
      catalog = try Catalog(folder, creates: false, isReadOnly: isReadOnly)
    case .writing(let holder):
      if case .absent = found { try StoreFolder.make(path) }
      lock = try FolderLock(folder, holder: holder)
      try StoreFolder.make(folder.segments)
      catalog = try Catalog(folder, creates: true, isReadOnly: false)
      try StoreFolder.sync(path)
    }
    state = Mutex(State())
    guard lock != nil else { return }
    let entries = try catalog.entries()
    let known = Self.highest(entries, try catalog.highest())
    let told = CommitMark.read(folder)
    try keepUnknown(besides: entries, known)
    try sweep(keeping: Set(entries.map(\.name)))
    let opened = open(entries)
    // No number is higher than the highest name: whoever has looked at segments up to some number has looked at those that an older
    // catalog does not know.
    let waiting = Self.segmentFiles(in: folder.found).compactMap(StoreFolder.number(ofSegment:)).max() ?? 0
    let mark = CommitMark(
      number: max(known.number, told?.number ?? 0, waiting), name: max(known.name, told?.name ?? 0, waiting))
    state.withLock {
      $0.parts = opened.parts
      $0.missing = opened.missing
      $0.lastNumber = mark.number
      $0.lastCommitted = mark.name
      $0.nextName = $0.lastCommitted + 1
    }
    guard told == nil, mark.name > 0 else { return }
    CommitMark(number: max(mark.number, 1), name: mark.name).write(folder)
    let isThere = CommitMark.read(folder) != nil
    state.withLock { $0.renewsMark = isThere }
  }

  public var path: String { folder.path }

  /// What scopes of identities in this folder are hashed with, drawn when it was made.
  public func identitySeed() throws -> UInt64 { try read { try $0.identitySeed() } }

  // MARK: Reading

  /// The events as of now. They stay readable for as long as the snapshot is held, whatever is merged or deleted meanwhile.
  ///
  /// Throws `StoreError` where the catalog cannot be read; segments that cannot are missing parts.
  public func snapshot() throws -> PartedSnapshot<SegmentPart> { try segments().snapshot }

  /// The segments as of now. Throws `StoreError` where the catalog cannot be read.
  func segments() throws -> StoredSegments {
    if lock != nil { return state.withLock { StoredSegments(parts: $0.parts, missing: $0.missing) } }
    // The writer may delete a file between the look at the catalog and its opening: then the catalog has changed.
    var entries = try read { try $0.entries() }
    let unknown = try unknown(besides: entries)
    var opened = open(entries)
    for _ in 0..<8 where !opened.missing.isEmpty {
      let again = try read { try $0.entries() }
      if again.map(\.name) == entries.map(\.name) { break }
      entries = again
      opened = open(entries)
    }
    return StoredSegments(parts: opened.parts, missing: opened.missing + unknown)
  }

  /// True when an object was ingested as it is.
  public func knows(_ object: SourceObject) throws -> Bool { try read { try $0.knows(object) } }

  /// How many objects were ingested.
  public func objectCount() throws -> Int { try read { try $0.objectCount() } }

  func read<Result>(_ body: (Catalog) throws -> Result) throws -> Result {
    do {
      return try body(catalog)
    } catch let error as DatabaseError {
      throw Catalog.error(error, "reading", folder)
    }
  }

  // MARK: Writing

  /// Stores events of one data stream, as a segment of their own, and takes note of the objects that have been read to
  /// their end with them. May be called from several tasks at once.
  ///
  /// Throws `StoreError` and `SegmentError`, after which nothing of it is there.
  public func append(
    _ content: SourcedBatch?, objects: [SourceObject] = [], _ precedence: Precedence = .lowest, at now: Timestamp
  ) throws -> AppendOutcome {
    try append(content.map { [$0] } ?? [], objects: objects, precedence, at: now)
  }

  /// Stores events as the other does, a segment for each batch, all or none of them, and tells which rows of each batch are stored by
  /// it; the others were there already.
  public func appendTelling(
    _ contents: [SourcedBatch], objects: [SourceObject], _ precedence: Precedence = .lowest, at now: Timestamp
  ) throws -> (outcome: AppendOutcome, stored: [[Int]]) {
    precondition(lock != nil, "a folder that is open for writing")
    try setAsideUnreadable(at: now)
    return try settingAsideDamaged(at: now) {
      var stored: [[Int]] = []
      let outcome = try appendOnce(contents, objects: objects, precedence, token: nil, at: now, stored: &stored)
      return (outcome, stored)
    }
  }

  /// Events that are to be stored, in a segment that nothing knows yet.
  private struct Draft {
    /// The batch they are of, and their rows in it.
    var content: Int
    var rows: [Int]
    var heads: [EventHead]
    var replaced: [(segment: Int64, row: Int)]
    var name: String
    var summary: SegmentSummary
    var spans: FieldSpans
    var segment: Segment
    var answers: KeptAnswers?
  }

  /// Stores events, a segment for each batch, all or none of them.
  ///
  /// A segment of which it cannot be told which events it has is set aside: its events are stored anew when they come again.
  ///
  /// - Parameter token: an object from which nothing may have been stored yet: if something has, nothing is done.
  func append(
    _ contents: [SourcedBatch], objects: [SourceObject], _ precedence: Precedence = .lowest,
    token: SourceObject? = nil, at now: Timestamp
  ) throws -> AppendOutcome {
    precondition(lock != nil, "a folder that is open for writing")
    try setAsideUnreadable(at: now)
    return try settingAsideDamaged(at: now) {
      var stored: [[Int]] = []
      return try appendOnce(contents, objects: objects, precedence, token: token, at: now, stored: &stored)
    }
  }

  /// - Parameter stored: takes the rows of each batch that are stored now.
  private func appendOnce(
    _ contents: [SourcedBatch], objects: [SourceObject], _ precedence: Precedence, token: SourceObject?,
    at now: Timestamp, stored: inout [[Int]]
  ) throws -> AppendOutcome {
    var storedRows = [[Int]](repeating: [], count: contents.count)
    defer { stored = storedRows }
    var outcome = AppendOutcome()
    let before = state.withLock { $0.parts }
    var drafts: [Draft] = []
    func discard() { for draft in drafts { folder.discard(draft.name) } }
    do {
      try storedIDs.cover(before)
      var kept: [(place: Int, content: SourcedBatch, found: Deduplication)] = []
      for (place, content) in contents.enumerated() where !content.heads.isEmpty {
        let first = try storedIDs.deduplicate(
          content.heads, storedIn: before, nearest: content.dataStream, precedence)
        outcome.duplicates += content.heads.count - first.kept.count
        guard !first.kept.isEmpty else { continue }
        kept.append(
          (place, first.kept.count == content.heads.count ? content : try content.selecting(first.kept), first))
      }
      for ((place, content, found), written) in zip(kept, try write(kept.map(\.content))) {
        drafts.append(
          Draft(
            content: place, rows: found.kept, heads: content.heads, replaced: found.replaced, name: written.name,
            summary: written.summary, spans: FieldSpans(content.events), segment: written.segment))
      }
      // From here on they are discarded whatever happens.
      for (at, (_, content, _)) in kept.enumerated() {
        drafts[at].answers = try answering?(
          SegmentPart(uncounted: drafts[at].segment, spans: drafts[at].spans), content)
        drafts[at].segment.letGo()
      }
    } catch {
      discard()
      throw error
    }
    guard !drafts.isEmpty || !objects.isEmpty else { return outcome }
    // From here on one at a time: others may have stored some of the events meanwhile. A commit that fails may have been
    // made durable all the same, so the files stay; if nothing names them, the next start sweeps them away.
    try state.withLock { state in
      if let token, try knows(token) {
        discard()
        outcome = AppendOutcome(isRepeated: true)
        return
      }
      let known = Set(before.map { ObjectIdentifier($0.segment) })
      let there = Set(state.parts.map { ObjectIdentifier($0.segment) })
      // Where segments were merged meanwhile, rows that were found are elsewhere now: all are looked through again.
      let isAsBefore = known.isSubset(of: there)
      var change = Catalog.Change(objects: objects)
      change.answers = drafts.compactMap { draft in draft.answers.map { (draft.name, $0) } }
      var (parts, number) = (state.parts, state.lastNumber)
      if !isAsBefore { try storedIDs.cover(parts) }
      let newcomers = isAsBefore ? parts.filter { !known.contains(ObjectIdentifier($0.segment)) } : []
      // The events of drafts that count by now: one of the others may have the same.
      var met: Set<EventIdentity> = []
      for draft in drafts {
        let again: Deduplication
        let isMet = draft.heads.contains { met.contains($0.identity) }
        if !isAsBefore {
          if isMet { try storedIDs.cover(parts) }
          again = try storedIDs.deduplicate(
            draft.heads, storedIn: parts, nearest: draft.summary.dataStream, precedence)
        } else if isMet {
          again = try storedIDs.deduplicate(
            draft.heads, storedSince: parts.filter { !known.contains(ObjectIdentifier($0.segment)) }, precedence)
        } else {
          again = try storedIDs.deduplicate(draft.heads, storedSince: newcomers, precedence)
        }
        if drafts.count > 1 { for head in draft.heads { met.insert(head.identity) } }
        let hidden =
          again.kept.count == draft.heads.count ? [] : Set(draft.heads.indices).subtracting(again.kept).sorted()
        outcome.duplicates += hidden.count
        outcome.stored += again.kept.count
        storedRows[draft.content] = again.kept.map { draft.rows[$0] }
        // What another replaced meanwhile is hidden already.
        let replaced = ((isAsBefore ? draft.replaced : []) + again.replaced).filter { segment, row in
          parts.contains { $0.number == segment && !$0.hidden.contains(row) }
        }
        outcome.replaced += replaced.count
        change.hidden += replaced
        Self.hide(replaced, in: &parts)
        number += 1
        change.segments.append(
          Catalog.Entry(
            number: number, name: draft.name, summary: draft.summary, committedAt: now, spans: draft.spans,
            hidden: hidden))
        parts.append(
          SegmentPart(number: number, segment: draft.segment, hidden: hidden, spans: draft.spans))
      }
      try commit(change, at: now)
      for draft in drafts { SegmentNote.uncounted.take(from: draft.name, folder) }
      state.parts = parts
      state.lastNumber = number
      mark(change, &state)
    }
    // A note that came back with a loss of power would have its segment swept away under an older catalog.
    if !drafts.isEmpty { try? StoreFolder.sync(folder.segments) }
    return outcome
  }

  /// Takes rows of segments out of what counts.
  static func hide(_ rows: [(segment: Int64, row: Int)], in parts: inout [SegmentPart]) {
    for (segment, rows) in Dictionary(grouping: rows, by: \.segment) {
      guard let at = parts.firstIndex(where: { $0.number == segment }) else { continue }
      parts[at] = SegmentPart(
        number: segment, segment: parts[at].segment, hidden: (parts[at].hidden + rows.map(\.row)).sorted(),
        spans: parts[at].spans)
    }
  }

  /// The segments there are, for the one that writes.
  var parts: [SegmentPart] { state.withLock { $0.parts } }

  /// Puts one segment in the place of some, or none where nothing of them counts; false where they have changed since they
  /// were looked at, and then nothing is done.
  func replace(_ parts: [SegmentPart], by content: SourcedBatch?, at now: Timestamp) throws -> Bool {
    let written = try content.map { try write([$0]) }?.first
    let spans = content.map { FieldSpans($0.events) }
    var answers: [(String, KeptAnswers)] = []
    if let written, let content, let answering {
      do {
        answers = [(written.name, try answering(SegmentPart(uncounted: written.segment, spans: spans), content))]
      } catch {
        folder.discard(written.name)
        throw error
      }
    }
    // Its events are those of the parts.
    if let written, parts.allSatisfy({ storedIDs.covers($0.segment) }) { storedIDs.add(written.segment) }
    written?.segment.letGo()
    let replaced = Set(parts.map { ObjectIdentifier($0.segment) })
    let removed = parts.map { StoreFolder.name(ofSegment: $0.segment.path) }
    let isDone = try state.withLock { state in
      let current = state.parts.filter { replaced.contains(ObjectIdentifier($0.segment)) }
      guard current.map(\.hidden) == parts.map(\.hidden), let last = parts.last else {
        if let written { folder.discard(written.name) }
        return false
      }
      var change = Catalog.Change(removed: parts.map(\.number), answers: answers)
      if let written {
        // In the place of the last: whoever has looked at that one has looked at all of them.
        change.segments = [
          Catalog.Entry(
            number: last.number, name: written.name, summary: written.summary, committedAt: now, spans: spans,
            hidden: [])
        ]
      }
      folder.noteRemoval(of: removed)
      try commit(change, at: now)
      if let written { SegmentNote.uncounted.take(from: written.name, folder) }
      mark(change, &state)
      if let at = state.parts.firstIndex(where: { $0.number == last.number }), let written {
        state.parts[at] = SegmentPart(number: last.number, segment: written.segment, hidden: [], spans: spans)
      }
      state.parts.removeAll { replaced.contains(ObjectIdentifier($0.segment)) }
      storedIDs.forget(parts.map(\.segment))
      return true
    }
    if isDone { folder.delete(removed) }
    return isDone
  }

  /// Notes beside the catalog what was committed.
  private func mark(_ change: Catalog.Change, _ state: inout State) {
    guard let name = change.segments.compactMap({ StoreFolder.number(ofSegment: $0.name) }).max() else { return }
    state.lastCommitted = max(name, state.lastCommitted)
    CommitMark(number: state.lastNumber, name: state.lastCommitted).write(folder)
  }

  func commit(_ change: Catalog.Change, at now: Timestamp) throws {
    do {
      try catalog.commit(change, at: now)
    } catch let error as DatabaseError {
      throw Catalog.error(error, "writing", folder)
    }
  }
}
