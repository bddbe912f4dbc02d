import Events
import Rules
import Store

/// The events that have come since the last run.
struct Arrivals<Part: EventPart> {
  private let parts: [Part]
  private let catalog: FieldCatalog
  /// Nothing is run again for events before that.
  var bound: Timestamp?
  private var known: [String: Timestamp?] = [:]

  init(_ snapshot: PartedSnapshot<Part>, behind last: Int64, _ catalog: FieldCatalog) {
    parts = snapshot.parts.filter { $0.number > last }
    self.catalog = catalog
  }

  /// The earliest of them, by the field that a rule takes their time from, not before the bound; nil where none has a time.
  mutating func earliest(by override: String?) -> Timestamp? {
    let field = override ?? "@timestamp"
    if let time = known[field] { return time }
    let time = parts.compactMap { earliest(of: $0, by: field) }.min().map { max($0, bound ?? $0) }
    known[field] = .some(time)
    return time
  }

  private func earliest(of part: Part, by field: String) -> Timestamp? {
    let timestamp = part.times?.lowerBound
    guard let spans = part.spans, FieldSpans.covers(field, catalog), let span = spans[field] else { return timestamp }
    return span.isWhole ? span.times.lowerBound : min(span.times.lowerBound, timestamp ?? span.times.lowerBound)
  }

  /// From when on executions of a rule may see some of them; nil where none does.
  mutating func begin(for rule: Rule) -> Timestamp? {
    // An indicator says something of events however old they are.
    [earliest(by: rule.timestampOverride), haveIndicators(of: rule) ? bound ?? .earliest : nil].compactMap(\.self).min()
  }

  /// Whether some are in data streams that a rule takes indicators from.
  private func haveIndicators(of rule: Rule) -> Bool {
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

/// What has come for rules since their last executions, by the last segment that they have seen, which is the same for most of them.
struct NotedArrivals<Part: EventPart> {
  private let snapshot: PartedSnapshot<Part>
  private let catalog: FieldCatalog
  private let bound: Timestamp?
  private var known: [Int64: Arrivals<Part>] = [:]

  /// - Parameter bound: nothing is run again for events before that.
  init(_ snapshot: PartedSnapshot<Part>, _ catalog: FieldCatalog, bound: Timestamp?) {
    self.snapshot = snapshot
    self.catalog = catalog
    self.bound = bound
  }

  /// From when on executions of a rule may see some of it; nil where none does.
  mutating func begin(for rule: Rule, behind segment: Int64) -> Timestamp? {
    var arrivals = arrivals(behind: segment)
    defer { known[segment] = arrivals }
    return arrivals.begin(for: rule)
  }

  /// How many events lie before the bound.
  func countBeyond(behind segment: Int64) -> Int { arrivals(behind: segment).countBeyond() }

  private func arrivals(behind segment: Int64) -> Arrivals<Part> {
    if let known = known[segment] { return known }
    var arrivals = Arrivals(snapshot, behind: segment, catalog)
    arrivals.bound = bound
    return arrivals
  }
}
