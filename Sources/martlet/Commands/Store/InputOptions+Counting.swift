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
    guard let data, form.onlyCounts, !Self.dependsOnReading(form, selection.predicate) else { return nil }
    let snapshot = try StoreAccess.open(data, .reading).snapshot()
    let own = EventContext.dataStream(namespace: events.namespace)
    var elsewhere: [String: Int] = [:]
    var parts: [StoreSnapshot.Part] = []
    for part in snapshot.parts {
      if StoreReader.isOfTrail(part.dataStream), part.dataStream != own {
        if selection.concerns(part) { elsewhere[part.dataStream, default: 0] += part.eventCount }
      } else {
        parts.append(part)
      }
    }
    let read = PartedSnapshot(parts, missing: snapshot.missingParts, workers: events.threads ?? StoreReader.allWorkers)
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
    let plausible = InputReader(paths: [], now: try currentTime()).plausible
    // Events at odd times are told by their years, which are not counted here.
    if let times = answer.times, !plausible.contains(times.lowerBound) || !plausible.contains(times.upperBound) {
      return nil
    }
    (found.matched, found.asked) = (answer.matched, answer.searched)
    (found.earliest, found.latest) = (answer.times?.lowerBound, answer.times?.upperBound)
    var summary = ReadingSummary()
    summary.container = .segment
    summary.files = parts.count { selection.concerns($0) }
    (summary.events, summary.withoutTime) = (answer.searched, answer.untimed)
    (summary.earliest, summary.latest) = (answer.span?.lowerBound, answer.span?.upperBound)
    for missing in answer.missing {
      summary.problems.note(problem(events: missing.eventCount, times: missing.times, reason: missing.reason))
    }
    tell(ofTimesIn: summary, before: plausible.lowerBound)
    notices.tell(ofElsewhere: elsewhere)
    return (summary, found)
  }

  /// The field that says when an event was read, which is another time whenever it is.
  private static let readingTime = "event.created"

  private static func dependsOnReading(_ form: EventSearch.Form, _ predicate: Query.Predicate) -> Bool {
    if case .by(let fields) = form, fields.contains(readingTime) { return true }
    return predicate.fields.contains { selector in
      switch selector {
      case .named(let path): path == readingTime
      case .matching(let pattern): WildcardMatcher(pattern).matches(readingTime)
      case .any: true
      }
    }
  }
}
