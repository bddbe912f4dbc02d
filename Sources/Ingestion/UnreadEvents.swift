import SegmentStore
import Segments

/// Events of a segment that a hunt goes without, since their texts cannot be read.
struct UnreadEvents: Sendable {
  /// Their rows, ascending; nil where it is all of them.
  var rows: [Int]?
  /// Why, for a person.
  var reason: String

  /// The rows of a segment whose texts cannot be read, ascending; nil where none can.
  static func unreadableRows(of part: StoreSnapshot.Part) -> [Int]? {
    defer { part.segment.letGo() }
    var found: [Int] = []
    do {
      try part.segment.withSources(
        Array(0..<part.summary.rowCount), damaged: { place, _ in found.append(place) }, { _, _ in })
      return found.count == part.summary.rowCount ? nil : found
    } catch {
      return nil
    }
  }

  /// What is told of them; nil where all of them count no longer.
  func missing(of part: StoreSnapshot.Part) -> StoreSnapshot.Missing? {
    guard let rows else { return StoreSnapshot.Missing(summary: part.summary, reason: reason) }
    let hidden = Set(part.hidden)
    let count = rows.count { !hidden.contains($0) }
    return count == 0 ? nil : StoreSnapshot.Missing(summary: part.summary, count: count, reason: reason)
  }
}

/// What turned out not to be readable while a hunt over a snapshot was put together, so that it is run again without it.
public struct UnreadParts: Sendable {
  /// By the numbers of segments.
  private var parts: [Int64: UnreadEvents] = [:]

  public init() {}

  func events(of part: StoreSnapshot.Part) -> UnreadEvents? { parts[part.number] }

  private static let several = 3

  /// Notes the events of all other segments whose texts cannot be read.
  private mutating func lookThroughRest(of snapshot: StoreSnapshot) {
    for part in snapshot.parts where parts[part.number] == nil {
      let rows = UnreadEvents.unreadableRows(of: part)
      if rows != [] {
        parts[part.number] = UnreadEvents(rows: rows, reason: "\(part.segment.path): its texts are damaged")
      }
    }
  }

  /// Takes note of what an error says; false where it tells of no segment of the snapshot, or of one of which nothing is read already.
  public mutating func note(_ error: any Error, in snapshot: StoreSnapshot) -> Bool {
    let (path, row): (String, Int?)
    switch error {
    case let error as SegmentError: (path, row) = (error.path, nil)
    case let error as SegmentTextFault: (path, row) = (error.path, error.row)
    default: return false
    }
    guard let part = snapshot.parts.first(where: { $0.segment.path == path }) else { return false }
    guard let known = parts[part.number] else {
      // Where all texts can be read, something else is damaged that alerts need.
      let rows = Set((UnreadEvents.unreadableRows(of: part) ?? []) + (row.map { [$0] } ?? []))
      parts[part.number] = UnreadEvents(rows: rows.isEmpty ? nil : rows.sorted(), reason: "\(error)")
      // Each that is met costs a hunt: where there are several, all are looked for at once.
      if parts.count == Self.several { lookThroughRest(of: snapshot) }
      return true
    }
    guard let rows = known.rows else { return false }
    // What is known did not do: one event more, or all.
    parts[part.number]?.rows = row.flatMap { rows.contains($0) ? nil : (rows + [$0]).sorted() }
    return true
  }
}
