import Events
import Rules
import Store

/// The events that have come since the last run.
struct Arrivals<Part: EventPart> {
  private let parts: [Part]
  /// Nothing is run again for events before that.
  var bound: Timestamp?
  private var known: [String: Timestamp?] = [:]

  init(_ snapshot: PartedSnapshot<Part>, behind last: Int64) { parts = snapshot.parts.filter { $0.number > last } }

  /// The earliest of them, by the field that a rule takes their time from, not before the bound; nil where none has a time.
  ///
  /// - Parameter isFormatted: whether a mapping writes the field's times in a format of its own, in which nobody has read them.
  mutating func earliest(by override: String?, isFormatted: Bool) -> Timestamp? {
    let field = override ?? "@timestamp"
    if let time = known[field] { return time }
    let time = parts.lazy.compactMap { isFormatted ? $0.times?.lowerBound : Self.earliest(of: $0, by: field) }.min().map
    { max($0, bound ?? $0) }
    known[field] = .some(time)
    return time
  }

  private static func earliest(of part: Part, by field: String) -> Timestamp? {
    let timestamp = part.times?.lowerBound
    guard let spans = part.spans, FieldSpans.covers(field), let span = spans[field] else { return timestamp }
    return span.isWhole ? span.times.lowerBound : min(span.times.lowerBound, timestamp ?? span.times.lowerBound)
  }

  /// Whether some are in data streams that a rule takes indicators from.
  func haveIndicators(of rule: Rule) -> Bool {
    guard rule.type == .threatMatch, let match = rule.threatMatch else { return false }
    let pattern = IndexPattern(match.index)
    return parts.contains { pattern.matches($0.dataStream) }
  }

  /// How many lie before the bound by `@timestamp`.
  func countBeyond() -> Int {
    guard let bound else { return 0 }
    return parts.reduce(0) { count, part in
      guard let first = part.times?.lowerBound, first < bound else { return count }
      // Of what cannot be read whoever runs over it is told.
      return count + ((try? part.timesOfRows())?.count { $0 != .missing && $0 < bound } ?? 0)
    }
  }
}
