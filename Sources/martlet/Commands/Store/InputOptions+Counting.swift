import CloudTrail
import Events
import Ingestion
import Inputs
import Outputs
import Query
import SegmentStore
import Store

extension InputOptions {
  /// Counts events that are stored in the folder `data` by what is stored of their fields: no text is read.
  ///
  /// Returns nil where that would say something else than reading the events: where what is asked depends on when they are read,
  /// or where there is more to tell of them than columns say.
  func countStored(
    _ form: EventSearch.Form, _ selection: EventSelection
  ) async throws -> (summary: ReadingSummary, found: EventSearch.Result)? {
    guard form.onlyCounts, !Self.dependsOnReading(form, selection.predicate), let stored = try stored() else {
      return nil
    }
    let read = stored.read
    var found = EventSearch.Result()
    let answer: ReadSummary
    switch form {
    case .by(let fields):
      let (groups, summary) = try await read.groups(GroupRequest(selection, by: fields))
      (found.counts, answer) = (ValueCounts(groups), summary)
    case .histogram(let width):
      (found.histogram, answer) = try await read.histogram(HistogramRequest(selection, width: width))
    default: answer = try await read.histogram(HistogramRequest(selection)).summary
    }
    guard let summary = try summary(of: answer, selection, stored, &found) else { return nil }
    return (summary, found)
  }

  /// What a search of the folder `data` reads by operations of the store.
  private struct Stored {
    var read: SegmentStore.Snapshot
    var parts: [SegmentPart]
    /// Segments of CloudTrail in another namespace, which are not read.
    var elsewhere: [SegmentPart]
  }

  /// Nil where files are read.
  private func stored() throws -> Stored? {
    guard let data else { return nil }
    let snapshot = try StoreAccess.open(data, .reading).snapshot()
    let own = EventContext.dataStream(namespace: events.namespace)
    func isElsewhere(_ part: SegmentPart) -> Bool {
      EventContext.isOfTrail(part.dataStream) && part.dataStream != own
    }
    let parts = snapshot.parts.filter { !isElsewhere($0) }
    return Stored(
      read: PartedSnapshot(parts, missing: snapshot.missingParts, workers: events.threads ?? snapshot.workers),
      parts: parts, elsewhere: snapshot.parts.filter(isElsewhere))
  }

  /// What reading the events would have told of them, and tells of odd ones; nil where that cannot be said of what was answered.
  private func summary(
    of answer: ReadSummary, _ selection: EventSelection, _ stored: Stored, _ found: inout EventSearch.Result
  ) throws -> ReadingSummary? {
    let plausible = InputReader(paths: [], now: try currentTime()).plausible
    // Events at odd times are told by their years, which are not counted here.
    if let times = answer.times, !plausible.contains(times.lowerBound) || !plausible.contains(times.upperBound) {
      return nil
    }
    (found.matched, found.asked) = (answer.matched, answer.searched)
    (found.earliest, found.latest) = (answer.times?.lowerBound, answer.times?.upperBound)
    var summary = ReadingSummary()
    summary.container = .segment
    summary.files = stored.parts.count { selection.concerns($0) }
    (summary.events, summary.withoutTime) = (answer.searched, answer.untimed)
    (summary.earliest, summary.latest) = (answer.span?.lowerBound, answer.span?.upperBound)
    for missing in answer.missing {
      summary.problems.note(problem(events: missing.count, times: missing.times, reason: missing.reason))
    }
    tell(ofTimesIn: summary, before: plausible.lowerBound)
    var elsewhere: [String: Int] = [:]
    for part in stored.elsewhere where selection.concerns(part) {
      elsewhere[part.dataStream, default: 0] += part.eventCount
    }
    notices.tell(ofElsewhere: elsewhere)
    return summary
  }

  /// The first or the last events of a folder by time, where a list asks for so many: what is to be read of it, out of a scan that reads no
  /// text, and what is told of all that matches.
  ///
  /// Nil where the list is in another order, where fewer events have a time than it asks for, and where reading all events would
  /// say something else.
  func firstStored(
    _ form: EventSearch.Form, _ selection: EventSelection
  ) async throws -> (summary: ReadingSummary, told: EventSearch.Result, times: ClosedRange<Timestamp>)? {
    guard case .kept(let fields, let sort, let limit?) = form, limit <= Self.mostScanned,
      sort.isEmpty || sort.map(\.field) == ["@timestamp"],
      // Of those it is told whether any event has them.
      fields?.names.allSatisfy({ !UnknownFields.isPattern($0) && !UnknownFields.isObject($0, selection.catalog) })
        ?? true,
      !Self.dependsOnReading(form, selection.predicate), let stored = try stored()
    else { return nil }
    let isDescending = sort.first?.isDescending ?? false
    var last: Timestamp?
    var count = 0
    let answer = try await stored.read.scan(
      ScanRequest(selection, order: .time(isDescending: isDescending), limit: limit)
    ) { batch in
      count += batch.heads.count
      last = batch.heads.last?.time
      return .more
    }
    guard answer.missing.isEmpty, count == limit, let last, last != .missing else { return nil }
    var told = EventSearch.Result()
    guard let summary = try summary(of: answer, selection, stored, &told) else { return nil }
    let all = selection.times ?? .earliest ... .latest
    // Of those that are as late as the last of them the ids decide.
    return (summary, told, isDescending ? last...max(last, all.upperBound) : min(last, all.lowerBound)...last)
  }

  /// Events that a scan puts into an order at most.
  private static let mostScanned = 100_000

  private static func dependsOnReading(_ form: EventSearch.Form, _ predicate: Query.Predicate) -> Bool {
    if case .by(let fields) = form, fields.contains(FieldPlan.readingTime) { return true }
    return predicate.fields.contains { selector in
      switch selector.strict {
      case .named(let path): path == FieldPlan.readingTime
      case .matching(let pattern): WildcardMatcher(pattern).matches(FieldPlan.readingTime)
      case .any, .lenient: true
      }
    }
  }
}
