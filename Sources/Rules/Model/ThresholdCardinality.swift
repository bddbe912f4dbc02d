/// A number of distinct values that a threshold rule asks of a group.
public struct ThresholdCardinality: Hashable, Sendable {
  public var field: String
  /// The least number of distinct values.
  public var value: Int

  public init(field: String, value: Int) {
    self.field = field
    self.value = value
  }
}
