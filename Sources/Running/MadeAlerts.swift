import Alerts
import Detection
import Events
import Ingestion
import Store

/// What executions came to, before anything of it is kept.
public struct MadeAlerts: Sendable {
  public var result: HuntResult
  public var summary: StoreHuntSummary
  /// Parts that could not be read, of those that alerts tell of as well.
  public var missing: [MissingPart]
  /// Events that set policies and could not be read.
  public var leftPolicies: Int
  /// The alerts as they are kept, with how many of them each rule made.
  public var documents: [AlertStore.Made]
  var counts: [String: Int]
  /// Alerts that executions would have looked at, and that are damaged.
  public var damaged: [DamagedAlert]
  /// The alerts of earlier executions, as far as they are sound.
  var former: FormerAlerts
  /// The times of the events that the executions of each rule searched.
  var windows: [String: ClosedRange<Timestamp>]
}
