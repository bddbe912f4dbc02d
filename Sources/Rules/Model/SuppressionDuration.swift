/// A span over which alerts are suppressed.
public struct SuppressionDuration: Hashable, Sendable {
  /// The units that suppression knows.
  public enum Unit: String, CaseIterable, Hashable, Sendable {
    case second = "s"
    case minute = "m"
    case hour = "h"
  }

  public var value: Int
  public var unit: Unit

  public init(value: Int, unit: Unit) {
    self.value = value
    self.unit = unit
  }
}
