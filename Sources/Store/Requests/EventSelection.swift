import Events
import Query

/// Which events a request is about.
public struct EventSelection: Sendable {
  public var predicate: Query.Predicate
  /// The data streams that are meant; all where it is nil.
  public var index: IndexPattern?
  /// The times that are meant, both ends included; all, and events without one, where it is nil.
  public var times: ClosedRange<Timestamp>?
  /// What an event's time is, in `times`, in orders by time, and in what is counted over time.
  public var timeField: TimeField
  /// The fields and types by which the predicate reads values.
  public var catalog: FieldCatalog
  /// What `now` means in the predicate.
  public var now: Timestamp

  public init(
    _ predicate: Query.Predicate = .all, index: IndexPattern? = nil, times: ClosedRange<Timestamp>? = nil,
    timeField: TimeField = .timestamp, catalog: FieldCatalog = .standard, now: Timestamp
  ) {
    self.predicate = predicate
    self.index = index
    self.times = times
    self.timeField = timeField
    self.catalog = catalog
    self.now = now
  }

  /// True where a part may have to do with the data streams and times that are meant.
  public func concerns(_ part: some EventPart) -> Bool {
    guard index?.matches(part.dataStream) ?? true else { return false }
    // Where another field says when an event was, nothing is known of the part.
    guard let times, timeField.path == nil else { return true }
    return part.times.map { $0.overlaps(times) } ?? false
  }

  /// True where a part that cannot be read may have to do with them: what is not known of it may be any.
  public func concerns(_ missing: MissingPart) -> Bool {
    guard missing.dataStream.isEmpty || index?.matches(missing.dataStream) ?? true else { return false }
    guard let times, timeField.path == nil else { return true }
    return missing.mayLie(within: times)
  }
}

/// The field that says when an event was, as a rule's `timestamp_override` names it.
public struct TimeField: Hashable, Sendable {
  /// The path; nil for `@timestamp`.
  public let path: String?
  /// Events that have no date there are where `@timestamp` says; else they have no time.
  public let fallsBack: Bool

  public static let timestamp = TimeField(nil, fallsBack: true)

  public init(_ path: String, fallsBack: Bool = true) {
    self.init(path == "@timestamp" ? nil : path, fallsBack: fallsBack)
  }

  private init(_ path: String?, fallsBack: Bool) {
    self.path = path
    self.fallsBack = fallsBack
  }
}

/// Which fields of events are wanted.
public enum Projection: Sendable {
  case all
  /// These, by full path.
  case fields([String])
  /// None beside what every event has: its time, identity, data stream and source text.
  case none

  func plan(_ catalog: FieldCatalog) -> FieldPlan {
    switch self {
    case .none: return FieldPlan()
    case .fields(let paths): return FieldPlan(paths: paths.map { catalog.resolve($0).sourcePath })
    case .all:
      var plan = FieldPlan.all
      for path in catalog.nestedPaths { plan.nested[path] = .all }
      return plan
    }
  }
}
