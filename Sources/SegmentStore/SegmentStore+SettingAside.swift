import Events
import Foundation
import Segments
import Store

/// Damaged segments are set aside: their files are moved to `segments/damaged/`, and the catalog goes on knowing them, so that
/// whoever asks for their span is told what is missing. Their events may be stored again, and count once all the same: a segment
/// whose file is put back is compared with what is stored by then.
extension SegmentStore {
  /// What became of segments that cannot be read.
  public struct Repairs: Equatable, Sendable {
    /// Segments that were set aside, and why.
    public var setAside: [String] = []
    /// Segments whose file is whole again, and which count again.
    public var takenBack: [String] = []
    /// Segments that had been set aside and of which every event is stored again.
    public var replaced: [String] = []
    /// Segments that had been set aside and are no longer missed, since that was asked for; and their events.
    public var forgotten: [String] = []
    public var forgottenEvents = 0
    /// Segments that an older catalog does not know, and the events of them that were not there.
    public var takenUp: [String] = []
    public var eventsTakenUp = 0
    /// Why segments that an older catalog does not know wait on, each as a sentence: they cannot be read now, and are not damaged.
    public var waiting: [String] = []
    /// What the catalog had said of segments that these do not say themselves.
    public var corrected: [String] = []
    /// True where the mark of what was committed last was gone, or could not be read, and was written anew.
    public var hasNewMark = false

    public init() {}

    public var isEmpty: Bool { self == Repairs() }
  }

  /// Reads every segment, and sets aside those that are damaged; what the catalog says of the others otherwise than these do is put right.
  ///
  /// What was set aside before is looked at too: it is taken back where its file is whole again, and forgotten where its events have
  /// all been stored again. Throws `StoreError`.
  ///
  /// - Parameters:
  ///   - forgets: what remains set aside is not missed from now on; its files stay.
  ///   - keepsAll: as for `verify`.
  public func repair(
    forgets: Bool = false, keepsAll: ((String) -> Bool)? = nil, at now: Timestamp
  ) throws -> Repairs {
    var repairs = Repairs()
    for part in parts {
      guard let fault = Self.fault(of: part.segment.path), fault.isDamage else { continue }
      if try setAside(part, because: fault.description, at: now) { repairs.setAside.append(part.segment.path) }
    }
    try settle(&repairs, at: now)
    for missing in state.withLock({ $0.missing }) where forgets && missing.isSetAside {
      guard let number = missing.number, try forget(number, at: now) else { continue }
      repairs.forgotten.append(folder.segment(missing.name))
      repairs.forgottenEvents += missing.summary.rowCount
    }
    for name in damagedFound() where forgets {
      repairs.forgottenEvents += missing(damagedFound: name).summary.rowCount
      try stopMissing(damagedFound: name)
      repairs.forgotten.append(folder.damaged + "/" + name)
    }
    repairs.corrected += try correctCatalog(keepsAll: keepsAll, at: now)
    return repairs
  }

  /// What is wrong with a segment's file. It is opened anew: what is damaged of its ends is found only so.
  private static func fault(of path: String) -> SegmentError? {
    do throws(SegmentError) {
      try Segment(path: path).verify()
      return nil
    } catch {
      return error
    }
  }

  /// True where some segment is set aside.
  public var hasSetAside: Bool { !setAsideSegments.isEmpty }

  /// The numbers of the segments that are set aside.
  public var setAsideSegments: Set<Int64> {
    state.withLock { Set($0.missing.filter(\.isSetAside).compactMap(\.number)) }
  }

  /// Sets segments aside that could not be opened, and looks at those that have been: those whose file is whole again count again,
  /// and those of which every event is stored again are no longer missed. Throws `StoreError`.
  public func settle(at now: Timestamp) throws -> Repairs {
    var repairs = Repairs()
    try settle(&repairs, at: now)
    return repairs
  }

  /// Sets segments aside that could not be opened, which only damage or absence is a reason for: what the system refuses today it
  /// may give tomorrow.
  ///
  /// - Returns: the files, and what the catalog had said of others that are whole, and count.
  @discardableResult
  func setAsideUnreadable(at now: Timestamp) throws -> (files: [String], corrected: [String]) {
    var (files, corrected): ([String], [String]) = ([], [])
    for missing in state.withLock({ $0.missing }) where missing.isDamage && !missing.isSetAside {
      if try correctTimes(of: missing, at: now) {
        corrected.append("the catalog had other times of \(folder.segment(missing.name)) than its events have")
      } else if try setAside(missing, nil, at: now) {
        files.append(folder.segment(missing.name))
      }
    }
    return (files, corrected)
  }

  private func settle(_ repairs: inout Repairs, at now: Timestamp) throws {
    state.withLock {
      repairs.hasNewMark = $0.renewsMark
      $0.renewsMark = false
    }
    let unreadable = try setAsideUnreadable(at: now)
    repairs.setAside += unreadable.files
    repairs.corrected += unreadable.corrected
    try takeUpFound(&repairs, at: now)
    // Ids of all others are looked into, and another may be found damaged by that.
    func reading(_ body: () throws -> Bool) throws -> Bool {
      try settingAsideDamaged(at: now, { repairs.setAside.append($0) }, body)
    }
    for missing in state.withLock({ $0.missing }) where missing.isSetAside {
      if try reading({ try takeBack(missing, at: now) }) {
        repairs.takenBack.append(folder.segment(missing.name))
      } else if try reading({ try isStoredAgain(missing) }), let number = missing.number,
        try forget(number, at: now)
      {
        repairs.replaced.append(folder.segment(missing.name))
      }
    }
    // Another segment that lay under the name of one that is set aside has been found by that.
    try takeUpFound(&repairs, at: now)
    for name in damagedFound() where try reading({ try isStoredAgain(missing(damagedFound: name)) }) {
      try stopMissing(damagedFound: name)
      repairs.replaced.append(folder.damaged + "/" + name)
    }
  }

  private func takeUpFound(_ repairs: inout Repairs, at now: Timestamp) throws {
    let found = try takeUpFound(at: now)
    for (file, events) in found.taken {
      repairs.takenUp.append(file)
      repairs.eventsTakenUp += events
    }
    repairs.setAside += found.damaged
    repairs.waiting += found.left.filter { !repairs.waiting.contains($0) }
  }

  /// Takes a segment out of what counts, and moves its file away; false where it has been merged or deleted meanwhile.
  ///
  /// What it was read from is forgotten, so that its events may be read again.
  func setAside(_ part: SegmentPart, because reason: String, at now: Timestamp) throws -> Bool {
    let name = (part.segment.path as NSString).lastPathComponent
    return try setAside(
      MissingSegment(
        number: part.number, name: name, summary: part.summary, hidden: part.hidden, spans: part.spans,
        reason: reason), part.segment,
      at: now)
  }

  /// - Parameter segment: what must still be there; nil for one that could not be opened.
  private func setAside(_ missing: MissingSegment, _ segment: Segment?, at now: Timestamp) throws -> Bool {
    precondition(lock != nil, "a folder that is open for writing")
    guard let number = missing.number else { return false }
    let isDone = try state.withLock { state in
      let part = state.parts.first { $0.number == number }
      guard part?.segment === segment, part != nil || state.missing.contains(where: { $0.number == number }) else {
        return false
      }
      try commit(Catalog.Change(setAside: [(number, missing.reason)]), at: now)
      state.parts.removeAll { $0.number == number }
      state.missing.removeAll { $0.number == number }
      state.missing.append(
        MissingSegment(
          number: number, name: missing.name, summary: missing.summary, hidden: part?.hidden ?? missing.hidden,
          spans: missing.spans, reason: Self.reason(missing.reason, at: now), isSetAside: true))
      return true
    }
    if isDone, StoreFolder.isSegmentName(missing.name) { try moveAside(missing) }
    return isDone
  }

  /// What is told of a segment that is set aside.
  static func reason(_ cause: String, at time: Timestamp) -> String {
    "it was set aside as damaged at \(time.iso8601): \(cause)"
  }

  /// Moves the file of a segment that is set aside: one that is whole, and another than the catalog knows by its name, holds events that
  /// are to be taken up; all else is damaged.
  private func moveAside(_ missing: MissingSegment) throws {
    let file = folder.segment(missing.name)
    if let segment = try? Segment(path: file), !Self.isSame(segment.summary, missing.summary),
      (try? segment.verify()) != nil
    {
      try moveToFound(missing.name)
    } else {
      try moveAway(file)
    }
  }

  /// Moves a file to those that are damaged, where there is one; none there is overwritten.
  ///
  /// - Parameter name: how it is called there; as it is unless given.
  func moveAway(_ file: String, as name: String? = nil) throws(StoreError) {
    guard access(file, F_OK) == 0 else { return }
    try StoreFolder.make(folder.damaged)
    let place = folder.freePlaceAmongDamaged(for: name ?? StoreFolder.name(ofSegment: file))
    guard rename(file, place) == 0 else {
      throw StoreError(.io, "\(file) cannot be moved to \(place): \(String(cString: strerror(errno)))")
    }
    try StoreFolder.sync(folder.damaged)
    try StoreFolder.sync(folder.segments)
  }

  /// Runs what reads ids of all segments, and sets aside those of which they turn out not to be readable.
  ///
  /// - Parameter told: gets the file of each.
  func settingAsideDamaged<Result>(
    at now: Timestamp, _ told: (String) -> Void = { _ in }, _ body: () throws -> Result
  ) throws -> Result {
    while true {
      do {
        return try body()
      } catch let error as SegmentError where error.kind == .damaged {
        guard let part = parts.first(where: { $0.segment.path == error.path }) else { throw error }
        if try setAside(part, because: error.description, at: now) { told(error.path) }
      }
    }
  }

  /// Counts a segment again whose file is in its place and whole. Events that were stored meanwhile count once.
  func takeBack(_ missing: MissingSegment, at now: Timestamp) throws -> Bool {
    guard let number = missing.number, StoreFolder.isSegmentName(missing.name),
      access(folder.segment(missing.name), F_OK) == 0
    else { return false }
    let segment: Segment
    let heads: [EventHead]
    do {
      segment = try Segment(path: folder.segment(missing.name), sharing: columnPaths)
      try segment.verify()
      heads = try segment.heads()
    } catch  where error.kind == .damaged {
      try moveAway(folder.segment(missing.name))
      return false
    } catch {
      return false
    }
    guard Self.isSame(segment.summary, missing.summary) else {
      try moveToFound(missing.name)
      return false
    }
    return try state.withLock { state in
      // Another task may have taken it back, and then its events would be found in itself.
      guard state.missing.contains(where: { $0.number == number }) else { return false }
      var part = SegmentPart(number: number, segment: segment, hidden: missing.hidden, spans: missing.spans)
      let rows = part.rows
      let found = try Deduplication(rows.map { heads[$0] }, storedIn: state.parts)
      let kept = Set(found.kept.map { rows[$0] })
      let hidden = rows.filter { !kept.contains($0) }
      var change = Catalog.Change(hidden: hidden.map { (number, $0) } + found.replaced, takenBack: [number])
      if segment.summary != missing.summary { change.times = [(number, segment.summary.times)] }
      try commit(change, at: now)
      part = SegmentPart(
        number: number, segment: segment, hidden: (missing.hidden + hidden).sorted(),
        spans: missing.spans)
      Self.hide(found.replaced, in: &state.parts)
      state.missing.removeAll { $0.number == number }
      state.parts.insert(part, at: state.parts.firstIndex { $0.number > number } ?? state.parts.count)
      return true
    }
  }

  /// True where the ids of a damaged segment can be read, and each of its events is stored elsewhere.
  private func isStoredAgain(_ missing: MissingSegment) throws -> Bool {
    let file = folder.damaged + "/" + missing.name
    guard let segment = try? Segment(path: file), segment.summary.rowCount == missing.summary.rowCount,
      let heads = try? segment.heads()
    else { return false }
    let hidden = Set(missing.hidden)
    let wanted = Set(heads.indices.filter { !hidden.contains($0) }.map { heads[$0].identity })
      .sorted { ($0.id, $0.scope) < ($1.id, $1.scope) }
    var found: Set<Int> = []
    for part in parts {
      let hidden = Set(part.hidden)
      for (place, row) in try part.segment.rows(of: wanted) where !hidden.contains(row) { found.insert(place) }
    }
    return found.count == wanted.count
  }

  /// Misses a segment no longer that is set aside; false where it has been taken back meanwhile.
  private func forget(_ number: Int64, at now: Timestamp) throws -> Bool {
    try state.withLock { state in
      guard state.missing.contains(where: { $0.number == number && $0.isSetAside }) else { return false }
      try commit(Catalog.Change(removed: [number]), at: now)
      state.missing.removeAll { $0.number == number }
      return true
    }
  }
}

extension SegmentError {
  /// True where the file is damaged or not there, which it will be tomorrow as well.
  var isDamage: Bool { kind == .damaged || kind == .io(ENOENT) }
}
