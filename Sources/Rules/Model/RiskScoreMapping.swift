/// A field of the source event that gives an alert's risk score.
public struct RiskScoreMapping: Hashable, Sendable {
  public var field: String
  /// How the value compares; the format knows `equals` only.
  public var comparison: String
  /// The value to compare with; empty when the field's own number is the score.
  public var value: String
  /// The score for a value that compares, 0–100; nil when the field's own number is the score.
  public var riskScore: Int?

  public init(field: String, comparison: String = "equals", value: String = "", riskScore: Int? = nil) {
    self.field = field
    self.comparison = comparison
    self.value = value
    self.riskScore = riskScore
  }
}
