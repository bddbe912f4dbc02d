import Events
import Foundation
import Segments
import Store

extension SegmentStore {
  /// So many neighbours are merged. None is as large as the others together, so that an event is written anew only when its
  /// segment at least doubles.
  private static let mergedAtOnce = 8
  /// A segment of so many events is not merged any more.
  private static let largestMerged = 1 << 16
  private static let largestMergedText = 64 << 20

  /// Joins small segments, neighbours of one data stream, until there is none to join. Nobody waits for it: readers keep
  /// their snapshots, and events may be appended meanwhile.
  ///
  /// Returns how many segments were joined into others. Segments that cannot be read stay as they are, and so do their
  /// neighbours; once all others are joined the first of such errors is thrown. Throws `StoreError`, `SegmentError`, and
  /// `CancellationError` where the task is cancelled; what was joined by then stays joined.
  @discardableResult
  public func mergeSegments(at now: Timestamp) throws -> Int {
    var merged = 0
    var unreadable: Set<Int64> = []
    var failure: SegmentError?
    while let parts = nextToMerge(without: unreadable) {
      try Task.checkCancellation()
      do {
        guard try merge(parts, at: now) else { break }
        merged += parts.count
      } catch let error as SegmentError where error.kind == .damaged {
        failure = failure ?? error
        unreadable.formUnion(parts.filter { $0.segment.path == error.path }.map(\.number))
        // A fault in what was written is not of one of the parts.
        guard parts.contains(where: { $0.segment.path == error.path }) else { throw error }
      }
    }
    if let failure { throw failure }
    return merged
  }

  /// Runs `body`, and joins small segments beside it whenever it asks for that, in a task that ends with it.
  ///
  /// - Parameters:
  ///   - failed: is told why segments could not be joined; they stay as they are, and are tried again the next time.
  ///   - body: gets what asks for joining, with the time, and does not wait for it.
  public func mergingBeside<Result: Sendable>(
    failed: @escaping @Sendable (any Error) -> Void,
    _ body: (_ wake: @Sendable (Timestamp) -> Void) async throws -> Result
  ) async rethrows -> Result {
    // Who asks while segments are joined is heard once that is done.
    let (requests, continuation) = AsyncStream.makeStream(of: Timestamp.self, bufferingPolicy: .bufferingNewest(1))
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await now in requests {
          do {
            try self.mergeSegments(at: now)
          } catch is CancellationError {
            break
          } catch {
            failed(error)
          }
        }
      }
      defer {
        continuation.finish()
        group.cancelAll()
      }
      return try await body { continuation.yield($0) }
    }
  }

  /// Neighbours of one data stream of which none is as large as the others together.
  private func nextToMerge(without unreadable: Set<Int64>) -> [SegmentPart]? {
    var neighbours: [String: [SegmentPart]] = [:]
    for part in parts {
      guard !unreadable.contains(part.number) else {
        neighbours[part.summary.dataStream] = []
        continue
      }
      let stream = part.summary.dataStream
      var run = (neighbours[stream] ?? []).suffix(Self.mergedAtOnce - 1) + [part]
      if part.summary.rowCount > Self.largestMerged / 2 { run = [] }
      neighbours[stream] = Array(run)
      guard run.count == Self.mergedAtOnce else { continue }
      let events = run.reduce(0) { $0 + $1.summary.rowCount }
      let bytes = run.reduce(0) { $0 + $1.summary.sourceBytes }
      let largest = run.map(\.summary.rowCount).max() ?? 0
      if largest * 2 <= events, events <= Self.largestMerged, bytes <= Self.largestMergedText { return Array(run) }
    }
    return nil
  }

  /// All that a segment has.
  private func plan(of segment: Segment) -> FieldPlan {
    var plan = FieldPlan.all
    for path in segment.nestedPaths { plan.nested[path] = .all }
    return plan
  }

  /// Writes some segments as one and puts it in their place; false where they have changed meanwhile.
  private func merge(_ parts: [SegmentPart], at now: Timestamp) throws -> Bool {
    return try replace(parts, by: content(of: parts), at: now)
  }

  /// The events of some segments of one data stream that count; nil where none does. Throws `CancellationError` as well.
  func content(of parts: [SegmentPart]) throws -> SourcedBatch? {
    var heads: [EventHead] = []
    let texts = try SourcePacker()
    var batches: [EventBatch] = []
    for part in parts {
      let rows = part.rows
      guard !rows.isEmpty else { continue }
      try Task.checkCancellation()
      let all = try part.segment.heads()
      heads += rows.map { all[$0] }
      try part.segment.withSources(rows) { try texts.append($1) }
      let events = try part.segment.events(plan(of: part.segment))
      batches.append(part.hidden.isEmpty ? events : events.selecting(rows))
    }
    try Task.checkCancellation()
    guard !heads.isEmpty else { return nil }
    return SourcedBatch(
      dataStream: parts[0].summary.dataStream, heads: heads, sources: try texts.finish(),
      events: EventBatch(joining: batches))
  }
}
