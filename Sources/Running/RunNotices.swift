import Alerts
import Events
import Outputs

/// Takes what is to be said about work on a folder of events: a command writes it for a person, a service into its log.
///
/// An implementer makes words safe for where they go: names and values in them come from events.
public protocol RunNotices: Sendable {
  /// Takes what somebody should know of and what costs nothing else.
  func warn(_ words: String)
  /// Takes what was done, a sentence without a full stop.
  func close(_ words: String)
  /// Takes what could not be done, and why.
  func fail(_ words: String)
}

extension RunNotices {
  /// Says so where the clock was ahead when rules ran.
  public func tell(ofSetBack states: [String: AlertStore.RuleState], _ now: Timestamp) {
    let setBack = states.values.count(where: \.isSetBack)
    guard setBack > 0 else { return }
    warn(
      "the clock was ahead when \(CountText.count(setBack, "rule")) ran: what it passed over is run now, and what lies behind "
        + "\(now.iso8601) again when its time comes")
  }
}
