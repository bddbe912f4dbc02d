/// How alike alerts are folded into one.
public struct AlertSuppression: Hashable, Sendable {
  /// The fields whose equal values make alerts alike; empty for a threshold rule, which has its own.
  public var groupBy: [String]
  /// How long alerts keep folding; nil for one execution.
  public var duration: SuppressionDuration?
  public var missingFieldsStrategy: MissingFieldsStrategy

  public init(
    groupBy: [String], duration: SuppressionDuration? = nil, missingFieldsStrategy: MissingFieldsStrategy = .suppress
  ) {
    self.groupBy = groupBy
    self.duration = duration
    self.missingFieldsStrategy = missingFieldsStrategy
  }
}
