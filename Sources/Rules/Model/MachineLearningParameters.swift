/// The jobs whose anomalies a machine learning rule turns into alerts.
public struct MachineLearningParameters: Hashable, Sendable {
  /// The score from which on an anomaly alerts, 0–100.
  public var anomalyThreshold: Int
  public var jobIDs: [String]

  public init(anomalyThreshold: Int, jobIDs: [String]) {
    self.anomalyThreshold = anomalyThreshold
    self.jobIDs = jobIDs
  }
}
