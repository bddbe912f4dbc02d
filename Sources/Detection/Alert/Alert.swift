import Events
import Rules

/// An alert: the source event with what a rule says about it.
public struct Alert: Sendable {
  /// A hash of what made it: source data stream, source id, rule, new terms.
  public let id: String
  /// The source event's data stream, and its id there.
  public let dataStream: String
  public let sourceID: String
  /// The id and `@timestamp` of the event that completed what the alert stands on: the source event, or the last of several.
  public let lastEvent: (id: String, time: Timestamp)
  /// When the execution that created it was scheduled.
  public let tick: Timestamp
  /// The source event's `@timestamp`.
  /// The event's `@timestamp`; where it has none, its time by the rule's own timestamp field.
  public let eventTime: Timestamp
  public let ruleID: String
  /// The rule's name, or what its name override says.
  public let ruleName: String
  public let severity: Severity
  /// 0–100; an event may give it a fraction.
  public let riskScore: Double
  public let newTerms: [NewTerm]
  /// Who did what from where, and how it ended; of several events what they have in common.
  let call: AlertedCall
  public var actor: String? { call.actor }
  public var action: String? { call.action }
  public var origin: String? { call.origin }
  /// `event.outcome`; `failure` for whatever has an error code. Nil where the event does not say.
  public var outcome: String? { call.ending.outcome }
  /// The code that the call failed with.
  public var errorCode: String? { call.ending.errorCode }
  /// The whole alert as one JSON object on one line: nested ECS fields, then `kibana.alert.*` as dotted keys.
  public let json: [UInt8]
  /// The alerts on single events that this one is put together of; they serve other rules, and are shown where they are asked
  /// for.
  public let buildingBlocks: [Alert]
}
