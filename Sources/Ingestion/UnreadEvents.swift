import Store

/// Events of a part that a hunt goes without, since their texts cannot be read.
struct UnreadEvents: Sendable {
  /// Their rows, ascending; nil where it is all of them.
  var rows: [Int]?
  /// Why, for a person.
  var reason: String

  /// The rows of a part whose texts cannot be read, ascending; nil where none can.
  static func unreadableRows(of part: some EventPart) -> [Int]? {
    defer { part.letGo() }
    var found: [Int] = []
    do {
      try part.withSources(
        Array(0..<part.rowCount), damaged: { place, _ in found.append(place) }, { _, _ in })
      return found.count == part.rowCount ? nil : found
    } catch {
      return nil
    }
  }

  /// What is told of them; nil where all of them count no longer.
  func missing(of part: some EventPart) -> MissingPart? {
    guard let rows else { return MissingPart(part, reason: reason) }
    let hidden = Set(part.hidden)
    let count = rows.count { !hidden.contains($0) }
    return count == 0 ? nil : MissingPart(part, count: count, reason: reason)
  }
}

/// What turned out not to be readable while a hunt over a snapshot was put together, so that it is run again without it.
public struct UnreadParts: Sendable {
  /// By the numbers of parts.
  private var parts: [Int64: UnreadEvents] = [:]

  public init() {}

  func events(of part: some EventPart) -> UnreadEvents? { parts[part.number] }

  private static let several = 3

  /// Notes the events of all other parts whose texts cannot be read.
  private mutating func lookThroughRest(of snapshot: PartedSnapshot<some EventPart>) {
    for part in snapshot.parts where parts[part.number] == nil {
      let rows = UnreadEvents.unreadableRows(of: part)
      if rows != [] {
        parts[part.number] = UnreadEvents(rows: rows, reason: "\(part.location): its texts are damaged")
      }
    }
  }

  /// Takes note of a text that could not be had; false where it is of no part of the snapshot, or of one of which nothing is read already.
  public mutating func note(_ error: EventTextFault, in snapshot: PartedSnapshot<some EventPart>) -> Bool {
    guard let part = snapshot.parts.first(where: { $0.number == error.part }) else { return false }
    let row = error.row
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
