import Events
import Segments
import Store

extension SegmentStore {
  /// Looks at everything that is stored: the catalog's structure, every block and checksum of every segment, and whether the catalog says of
  /// segments what these say themselves, and of each event that it counts once. Gives what is wrong, each as a sentence; none where all is
  /// well.
  ///
  /// - Parameter keepsAll: true for a data stream of which nothing was ever deleted, so that each of its events counts somewhere; nil where
  ///   that is not known.
  public func verify(
    keepsAll: ((String) -> Bool)? = nil
  ) throws -> (segments: Int, events: Int, faults: [String]) {
    var faults = try read { try $0.faults() }.map { "\(folder.catalog): \($0)" }
    // What is damaged as a file cannot be asked.
    let strays = faults.isEmpty ? try read { try $0.strays() } : Catalog.Strays()
    if let fault = try markFault() { faults.append(fault) }
    let stored = try segments()
    for missing in stored.missing {
      let fault = "\(missing.summary.rowCount) events are missing: \(missing.reason)"
      faults.append(
        fault + (isWholeAgain(missing) ? " A whole file lies in its place again, and is taken back by --repair." : ""))
    }
    var whole: [SegmentPart] = []
    for part in stored.parts {
      do {
        try part.segment.verify()
        whole.append(part)
      } catch {
        faults.append("\(part.summary.rowCount) events are in doubt: \(error)")
      }
    }
    // What counts nowhere may count in what cannot be read.
    let isAllThere = stored.missing.isEmpty && whole.count == stored.parts.count
    let check = try CatalogCheck(whole, strays, keepsAll: isAllThere ? keepsAll : nil)
    faults += check.faults.map { "\($0). verify --repair has the catalog say what the segments say" }
    return (stored.parts.count, stored.parts.reduce(0) { $0 + $1.eventCount }, faults)
  }

  /// True where the file of a segment that was set aside is in its place, and as it was.
  private func isWholeAgain(_ missing: MissingSegment) -> Bool {
    guard missing.isSetAside, let segment = try? Segment(path: folder.segment(missing.name)),
      Self.isSame(segment.summary, missing.summary)
    else { return false }
    return (try? segment.verify()) != nil
  }

  /// Has the catalog say of segments what these say themselves, and gives what was wrong. For the process that writes, and no other task.
  func correctCatalog(keepsAll: ((String) -> Bool)?, at now: Timestamp) throws -> [String] {
    let strays = try read { try $0.strays() }
    let (parts, isAllThere) = state.withLock { ($0.parts, $0.missing.isEmpty) }
    let check = try CatalogCheck(parts, strays, keepsAll: isAllThere ? keepsAll : nil)
    guard !check.faults.isEmpty else { return [] }
    try commit(check.correction, at: now)
    let opened = open(try read { try $0.entries() })
    state.withLock { ($0.parts, $0.missing) = (opened.parts, opened.missing) }
    return check.faults
  }

  // MARK: What the catalog says of a segment

  /// True where two summaries are of one segment, whose times the catalog may have wrong.
  static func isSame(_ one: SegmentSummary, _ other: SegmentSummary) -> Bool {
    var one = one
    one.times = other.times
    return one == other
  }

  /// How what the catalog says of a segment differs from what its file says.
  static func difference(_ known: SegmentSummary, _ file: SegmentSummary) -> String {
    var parts: [String] = []
    func add(_ what: String, _ known: String, _ file: String) {
      if known != file { parts.append("\(what): \(file), and \(known) in the catalog") }
    }
    func text(_ times: ClosedRange<Timestamp>?) -> String {
      times.map { "\($0.lowerBound.iso8601) to \($0.upperBound.iso8601)" } ?? "none"
    }
    add("data stream", known.dataStream, file.dataStream)
    add("events", "\(known.rowCount)", "\(file.rowCount)")
    add("bytes", "\(known.fileBytes)", "\(file.fileBytes)")
    add("bytes of texts", "\(known.sourceBytes)", "\(file.sourceBytes)")
    add("times", text(known.times), text(file.times))
    let told = parts.joined(separator: "; ")
    return isSame(known, file)
      ? "\(told). The next ingestion, or martlet verify --repair, has the catalog say what the file says, where that is whole"
      : told
  }

  /// Has the catalog say the times of a segment as its file says them, where nothing else is wrong with it, and count it; false where
  /// something is.
  func correctTimes(of missing: MissingSegment, at now: Timestamp) throws -> Bool {
    guard !missing.isSetAside, StoreFolder.isSegmentName(missing.name),
      let segment = try? Segment(path: folder.segment(missing.name)), segment.summary != missing.summary,
      Self.isSame(segment.summary, missing.summary), (try? segment.verify()) != nil
    else { return false }
    return try settingAsideDamaged(at: now) { try takeBack(missing, at: now) }
  }
}
