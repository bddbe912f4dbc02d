import CloudTrail
import Events
import JSON

/// What an alert stands on, as its document tells it.
struct AlertStanding {
  /// The alert's id.
  var id: String
  /// The data stream of the event, and its id there.
  var stream: String
  var sourceID: String
  var ancestry: AlertAncestry
  /// The event's `@timestamp`; of several that of the one by which the alert is dated.
  var originalTime: Timestamp?
  /// The same, or where there is none the time by the rule's own timestamp field.
  var eventTime: Timestamp
  /// The last event that the alert stands on, where these are several.
  var lastEvent: EventDigest?
  /// The combination of new terms.
  var terms: [NewTerm] = []
  /// What belongs to the rule's type, by dotted names.
  var members: [String: JSONValue] = [:]
  /// Who did what, where the document's fields do not say it.
  var call: AlertedCall?
  /// Whether fields decide severity, risk score and name where the rule says so.
  var appliesOverrides = true
  /// What it stands for beside itself.
  var suppressed: FoundSuppression?
  /// The alerts that this one is put together of.
  var blocks: [Alert] = []

  /// Makes the alert a part of another one.
  mutating func become(_ block: AlertBuilder.Block) {
    id = block.id
    members["kibana.alert.building_block_type"] = "default"
    members["kibana.alert.group.id"] = .string(block.group)
    members["kibana.alert.group.index"] = .integer(Int64(block.place))
    appliesOverrides = false
  }
}

/// Who did what from where, for a person; nil where the event does not say.
struct AlertedCall: Sendable, Equatable {
  var actor: String?
  var action: String?
  var origin: String?
  var ending: CallEnding

  init(_ fields: EventFields) {
    actor =
      fields.first("user.name") ?? fields.first("aws.cloudtrail.user_identity.arn") ?? fields.first("user.id")
      ?? fields.first("aws.cloudtrail.user_identity.invoked_by") ?? fields.first("aws.cloudtrail.user_identity.type")
    origin = fields.first("source.address") ?? fields.first("source.ip")
    action = fields.first("event.action")
    ending = CallEnding(fields.first)
  }

  /// What several calls have in common.
  init(common calls: [AlertedCall]) {
    func common<Value: Equatable>(_ value: (AlertedCall) -> Value?) -> Value? {
      guard let first = calls.first.flatMap(value) else { return nil }
      return calls.allSatisfy { value($0) == first } ? first : nil
    }
    actor = common(\.actor)
    origin = common(\.origin)
    action = common(\.action)
    ending = CallEnding(outcome: common(\.ending.outcome), errorCode: common(\.ending.errorCode))
  }
}
