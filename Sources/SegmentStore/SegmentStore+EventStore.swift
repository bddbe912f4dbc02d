import Events
import Foundation
import Segments
import Store

extension SegmentStore: EventStore {
  /// Each batch is a segment; one transaction of the catalog makes them count. Throws `StoreError` and `SegmentError`.
  public func append(
    _ batches: sending [SourcedBatch], from object: SourceObject?, _ precedence: Precedence, at now: Timestamp
  ) throws -> AppendOutcome {
    if let object, try knows(object) { return AppendOutcome(isRepeated: true) }
    return try append(batches, objects: object.map { [$0] } ?? [], precedence, token: object, at: now)
  }

  /// Segments of which nothing is left are deleted, and of others rows no longer count. Throws `StoreError` and
  /// `SegmentError`.
  @discardableResult
  public func delete(before time: Timestamp, of index: IndexPattern?, at now: Timestamp) throws -> Int {
    precondition(lock != nil, "a folder that is open for writing")
    // Of segments in their place the names, of others the files.
    var (names, files): ([String], [String]) = ([], [])
    let count = try state.withLock { state in
      var change = Catalog.Change()
      var (parts, missing) = (state.parts, state.missing)
      var count = 0
      func isMeant(_ summary: SegmentSummary) -> Bool {
        summary.times.map { $0.lowerBound < time } ?? false && index?.matches(summary.dataStream) ?? true
      }
      for part in state.parts where isMeant(part.summary) {
        let times: [Timestamp]
        do {
          times = try part.segment.times()
        } catch {
          // All of it that has a time is to go, and nothing else can be told of the rest.
          guard let last = part.summary.times?.upperBound, last < time else { throw error }
          times = []
        }
        let rows = part.rows.filter { $0 >= times.count || times[$0] != .missing && times[$0] < time }
        count += rows.count
        if rows.count == part.eventCount {
          change.removed.append(part.number)
          names.append(StoreFolder.name(ofSegment: part.segment.path))
          parts.removeAll { $0.number == part.number }
        } else {
          let hidden = rows.map { (segment: part.number, row: $0) }
          change.hidden += hidden
          Self.hide(hidden, in: &parts)
        }
      }
      // What cannot be read goes when all of it is meant.
      missing.removeAll { part in
        guard isMeant(part.summary), let last = part.summary.times?.upperBound, last < time, let number = part.number
        else { return false }
        change.removed.append(number)
        count += part.summary.rowCount - part.hidden.count
        guard StoreFolder.isSegmentName(part.name) else { return true }
        if part.isSetAside { files.append(folder.damaged + "/" + part.name) } else { names.append(part.name) }
        return true
      }
      guard !change.removed.isEmpty || !change.hidden.isEmpty else { return 0 }
      folder.noteRemoval(of: names)
      try commit(change, at: now)
      (state.parts, state.missing) = (parts, missing)
      return count
    }
    // Whoever reads them has them mapped.
    for file in files { unlink(file) }
    folder.delete(names)
    return count
  }
}
