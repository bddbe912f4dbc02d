/// A field of an event and the field of an indicator that it is compared with.
public struct ThreatMappingEntry: Hashable, Sendable {
  /// The field of the event.
  public var field: String
  /// The field of the indicator.
  public var value: String
  /// The kind of comparison; the format knows `mapping` only.
  public var type: String
  /// True when the two must differ.
  public var negate: Bool

  public init(field: String, value: String, type: String = "mapping", negate: Bool = false) {
    self.field = field
    self.value = value
    self.type = type
    self.negate = negate
  }
}
