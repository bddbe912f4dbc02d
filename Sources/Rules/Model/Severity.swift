/// How grave an alert is.
public enum Severity: String, CaseIterable, Hashable, Comparable, Sendable {
  case low, medium, high, critical

  /// The risk scores that go with the severity by Elastic's convention.
  public var riskScores: ClosedRange<Int> {
    switch self {
    case .low: 0...21
    case .medium: 22...47
    case .high: 48...73
    case .critical: 74...100
    }
  }

  public static func < (left: Severity, right: Severity) -> Bool {
    left.riskScores.lowerBound < right.riskScores.lowerBound
  }
}
