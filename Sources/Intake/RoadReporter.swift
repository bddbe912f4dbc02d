/// What roads say of themselves: the service writes it into its log, its metrics and its health.
public protocol RoadReporter: Sendable {
  /// Writes a line into the log. Secrets belong into none of its parts.
  func tell(_ level: ReportLevel, _ sentence: String, _ details: [String: String])
  /// Adds to a counter of the road that is in `/metrics`, under a name in snake case such as `objects_total`.
  func add(_ count: Int, to counter: String)
  /// Sets a number that goes up and down and is in `/metrics`, under a name in snake case such as `messages_waiting`.
  func set(_ count: Int, of gauge: String)
  /// Says that the road works, or why it does not; the last word counts for `/health/ready` and health alerts.
  func setTrouble(_ reason: String?)
}

extension RoadReporter {
  public func set(_ count: Int, of gauge: String) {}
}
