import Events

/// Between which times the dates lie that a part's events have in their fields of dates, `@timestamp` aside.
///
/// A rule may take an event's time from any of them. A part never changes, so that a store may keep this beside it.
public struct FieldSpans: Equatable, Sendable {
  /// The dates of one field.
  public struct Span: Equatable, Sendable {
    public var times: ClosedRange<Timestamp>
    /// True when every event has a date there.
    public var isWhole: Bool

    public init(times: ClosedRange<Timestamp>, isWhole: Bool) {
      self.times = times
      self.isWhole = isWhole
    }
  }

  /// By field.
  public private(set) var spans: [String: Span] = [:]

  public init() {}

  /// The spans of the fields that the schema knows as dates.
  public init(_ events: EventBatch) {
    for (path, place) in events.columnByPath where Self.isDate(path) {
      if let span = Self.span(events.columns[place]) { spans[path] = span }
    }
  }

  private static func span(_ column: Column) -> Span? {
    // Each value is read once; of a dictionary that has many others too, those alone that rows have.
    let values = column.dictionary
    let isShared = values.count > 4 * column.entryCount
    let dates = isShared ? [] : (0..<values.count).map { code in values.withValue(UInt32(code + 1)) { $0.timestamp } }
    var times: ClosedRange<Timestamp>?
    var (dated, last) = (0, -1)
    column.forEachEntry { row, code in
      guard let date = isShared ? values.withValue(code, { $0.timestamp }) : dates[Int(code) - 1] else { return }
      if row != last { dated += 1 }
      last = row
      let known = times ?? date...date
      times = min(known.lowerBound, date)...max(known.upperBound, date)
    }
    return times.map { Span(times: $0, isWhole: dated == column.rowCount) }
  }

  public mutating func add(_ span: Span, of path: String) { spans[path] = span }

  /// The dates of a field; nil where no event has one.
  public subscript(path: String) -> Span? { spans[path] }

  /// True for a field whose dates, as a catalog reads them, would be among these, if events had any: dates that a mapping has in a
  /// format of their own were not read so.
  public static func covers(_ path: String, _ catalog: FieldCatalog) -> Bool {
    isDate(path) && catalog.timeFormat(of: path) == nil
  }

  /// The fields are those of the schema: what is known of integrations grows from version to version, and a store keeps what was noted.
  private static func isDate(_ path: String) -> Bool {
    let field = FieldCatalog.standard.resolve(path)
    // What alerts have under the name of another field is not told of this one.
    return path != "@timestamp" && AlertAliases.target(of: path) == nil && field.type == .date(nil)
      && !field.isOfIntegration
  }
}
