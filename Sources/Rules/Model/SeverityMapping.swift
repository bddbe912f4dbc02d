/// A value of the source event that decides an alert's severity.
public struct SeverityMapping: Hashable, Sendable {
  public var field: String
  /// How the value compares; the format knows `equals` only.
  public var comparison: String
  public var value: String
  public var severity: Severity

  public init(field: String, comparison: String = "equals", value: String, severity: Severity) {
    self.field = field
    self.comparison = comparison
    self.value = value
    self.severity = severity
  }
}
