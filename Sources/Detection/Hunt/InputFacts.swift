import CloudTrail
import Events
import Query
import Rules

/// What a hunt tells of its input beside alerts: which data streams there were and who reads them, and which fields that
/// rules name were met. One worker's own.
struct InputFacts: Sendable {
  private let patterns: [IndexPattern]
  /// Which rules read a data stream.
  private var readers: [String: [Bool]] = [:]
  /// Which rules, by their places, read some event's data stream.
  private(set) var isReading: [Bool]
  /// Names of data streams, a bounded number.
  private(set) var streams: Set<String> = []
  /// Fields that rules name, that the catalog does not know and that no event had so far, with their columns.
  private var unmet: [(path: String, column: Int)]
  /// Patterns that rules name, that no known field matches and that no event's field matched so far.
  private var unmetPatterns: [(text: String, matcher: WildcardMatcher)]
  /// Fields, and patterns of fields, of those that some event has.
  private(set) var metFields: Set<String> = []
  /// Events that no rule reads, by data stream; of streams beyond a bounded number under an empty name.
  private(set) var unread: [String: Int] = [:]

  /// The data streams in which rules look for indicators.
  private let lookedFor: [IndexPattern]
  /// True when there is an event of a data stream in which rules look for indicators.
  private(set) var holdsIndicators = false

  /// Data streams of which it is remembered which rules read them, and bytes of their names; of others it is found out again.
  private static let mostStreams = 1024
  private static let longestStream = 256
  /// Names of data streams that are remembered to be told.
  private static let mostTold = 100

  /// - Parameter lookedFor: the data streams in which rules look for indicators.
  init(_ rules: [HuntRule], lookedFor: [IndexPattern] = []) {
    self.lookedFor = lookedFor
    patterns = rules.map(\.readPattern)
    isReading = [Bool](repeating: false, count: rules.count)
    var seen: Set<String> = []
    unmet = rules.flatMap(\.unknownColumns).filter { seen.insert($0.path).inserted }
    unmetPatterns = rules.flatMap(\.unknownPatterns).filter { seen.insert($0.text).inserted }
      .map { ($0.text, WildcardMatcher($0)) }
  }

  /// Which rules read a data stream.
  mutating func readers(of stream: String) -> [Bool] {
    if let known = readers[stream] { return known }
    let reading = patterns.map { $0.matches(stream) }
    // Events in ECS name their streams themselves.
    if readers.count < Self.mostStreams, stream.utf8.count <= Self.longestStream { readers[stream] = reading }
    return reading
  }

  /// There is an event of a data stream.
  mutating func note(stream: String) {
    if !holdsIndicators, lookedFor.contains(where: { $0.matches(stream) }) { holdsIndicators = true }
    let reading = readers(of: stream)
    for at in reading.indices where reading[at] { isReading[at] = true }
    if streams.count < Self.mostTold, stream.utf8.count <= Self.longestStream { streams.insert(stream) }
  }

  /// There are events of a data stream that no rule reads.
  mutating func noteUnread(_ stream: String, _ count: Int) {
    guard count > 0, !lookedFor.contains(where: { $0.matches(stream) }) else { return }
    let isTold = unread[stream] != nil || unread.count < Self.mostTold && stream.utf8.count <= Self.longestStream
    unread[isTold ? stream : "", default: 0] += count
  }

  /// Notes which fields a batch has, with the columns of the plan's queries.
  mutating func noteFields(of events: EventBatch) {
    unmet.removeAll { field in
      guard !events.columns[field.column].isEmpty else { return false }
      metFields.insert(field.path)
      return true
    }
    guard !unmetPatterns.isEmpty else { return }
    noteMet(events.columnByPath.keys.filter { (events.column($0)?.dictionary.count ?? 0) > 0 })
  }

  /// Notes which fields events have.
  mutating func noteFields(_ paths: [String]) {
    guard !unmet.isEmpty || !unmetPatterns.isEmpty else { return }
    let known = Set(paths)
    for field in unmet where known.contains(field.path) { metFields.insert(field.path) }
    unmet.removeAll { known.contains($0.path) }
    noteMet(paths)
  }

  private mutating func noteMet(_ paths: [String]) {
    for pattern in unmetPatterns where paths.contains(where: pattern.matcher.matches) { metFields.insert(pattern.text) }
    unmetPatterns.removeAll { metFields.contains($0.text) }
  }
}
