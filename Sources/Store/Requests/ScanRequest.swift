import Events

/// Asks for events.
public struct ScanRequest: Sendable {
  public enum Order: Sendable, Equatable {
    /// As they were appended; nothing is held.
    case stored
    /// By time; events without one come last.
    case time(isDescending: Bool)
    /// By the first value of fields; events without one come last.
    case fields([SortKey])
  }

  /// Events that are sorted at once where there is no limit.
  public static let mostSorted = 1 << 20

  public var selection: EventSelection
  public var projection: Projection
  public var order: Order
  /// So many events at most, the first of the order.
  public var limit: Int?

  public init(
    _ selection: EventSelection, _ projection: Projection = .none, order: Order = .stored, limit: Int? = nil
  ) {
    self.selection = selection
    self.projection = projection
    self.order = order
    self.limit = limit
  }
}

/// Whether a scan goes on.
public enum ScanStep: Sendable {
  case more
  case enough
}

/// Some of the events that a scan gives: row `i` of each part is the same event.
public struct ScanBatch {
  /// The fields that were asked for; those of a projection of fields are at their places. The data stream is there always.
  public let events: EventBatch
  public let heads: [EventHead]
  public let references: [EventReference]
  let sources: ([Int], (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws -> Void

  /// - Parameter sources: hands on the texts of some rows, ascending, with their places among those; throws `DamagedPart`
  ///   where they cannot be read.
  public init(
    events: EventBatch, heads: [EventHead], references: [EventReference],
    sources: @escaping ([Int], (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws -> Void
  ) {
    self.events = events
    self.heads = heads
    self.references = references
    self.sources = sources
  }

  /// Calls `body` with the source texts of some rows, byte for byte as they came.
  ///
  /// - Parameters:
  ///   - rows: ascending.
  ///   - body: gets the row and the text, which is there until it returns.
  /// - Throws: `DamagedPart` where a text cannot be read: whoever lets it through ends the batch, and the scan goes on with what is
  ///   not damaged.
  public func withSources(_ rows: [Int], _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    try sources(rows) { place, text in try body(rows[place], text) }
  }
}

/// What reading came to.
public struct ReadSummary: Sendable {
  /// Events of the data streams and times that were asked for.
  public var searched = 0
  /// Those of them that the predicate is true of, also where fewer were given. A scan that was ended early, or has all that
  /// its limit asks for, has looked no further.
  public var matched = 0
  /// Those that matched and have no time.
  public var untimed = 0
  /// The first and the last time of those that matched.
  public var times: ClosedRange<Timestamp>?
  /// The span in which those lie that were searched, by `@timestamp`; its ends are those of parts, or of the times that were
  /// asked for.
  public var span: ClosedRange<Timestamp>?
  /// Parts that could not be read and may hold events that were asked for.
  public var missing: [MissingPart] = []

  public init() {}

  mutating func note(_ time: Timestamp) { times = Self.joined(times, time...time) }

  static func joined(_ one: ClosedRange<Timestamp>?, _ other: ClosedRange<Timestamp>?) -> ClosedRange<Timestamp>? {
    guard let one, let other else { return one ?? other }
    return min(one.lowerBound, other.lowerBound)...max(one.upperBound, other.upperBound)
  }

  mutating func add(_ other: ReadSummary) {
    searched += other.searched
    matched += other.matched
    untimed += other.untimed
    times = Self.joined(times, other.times)
    span = Self.joined(span, other.span)
    missing += other.missing
  }
}
