/// How many events make an alert of a threshold rule.
public struct ThresholdParameters: Hashable, Sendable {
  /// The fields that events are grouped by; empty when all events count together.
  public var fields: [String]
  /// The number of events in a group from which on it alerts.
  public var value: Int
  /// Distinct values that the group must hold besides.
  public var cardinality: [ThresholdCardinality]

  public init(fields: [String], value: Int, cardinality: [ThresholdCardinality] = []) {
    self.fields = fields
    self.value = value
    self.cardinality = cardinality
  }
}
