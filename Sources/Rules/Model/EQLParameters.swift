/// The fields that an EQL rule uses in place of the usual ones.
public struct EQLParameters: Hashable, Sendable {
  /// The field that orders events; nil for `@timestamp`.
  public var timestampField: String?
  /// The field that holds an event's category; nil for `event.category`.
  public var eventCategoryOverride: String?
  /// The field that orders events of one time.
  public var tiebreakerField: String?

  public init(timestampField: String? = nil, eventCategoryOverride: String? = nil, tiebreakerField: String? = nil) {
    self.timestampField = timestampField
    self.eventCategoryOverride = eventCategoryOverride
    self.tiebreakerField = tiebreakerField
  }
}
