import Events
import JSON

/// What a suggestion looks at in one alert.
struct AlertFacts: Sendable {
  var ruleID: String
  var ruleName: String
  var severity: String
  /// The time of the event.
  var time: Timestamp
  /// The values of the fields that entries may name; a field without values is missing.
  var values: [String: [String]]
  /// The name that a person knows the identity by.
  var who: String
  var outcome: String?
  var isRoot: Bool
  /// Fields that a new terms rule watches.
  var termFields: [String]
  /// Whether another alert is put together of it and others.
  var isPartOfGroup: Bool

  /// The single value of a field; nil when it has none or several.
  func single(_ field: String) -> String? {
    guard let values = values[field], values.count == 1 else { return nil }
    return values[0]
  }

  /// The facts of an alert; nil when it says neither its rule nor its time.
  init?(_ alert: JSONValue) {
    let fields = AlertFields(alert: alert)
    guard let id = fields.first("kibana.alert.rule.rule_id"),
      let time = (fields.first("kibana.alert.original_time") ?? fields.first("@timestamp"))
        .flatMap({ Timestamp(iso8601: $0) })
    else { return nil }
    ruleID = id
    ruleName = fields.first("kibana.alert.rule.name") ?? id
    severity = fields.first("kibana.alert.severity") ?? fields.first("kibana.alert.rule.severity") ?? "low"
    self.time = time
    outcome = fields.first("event.outcome")
    termFields = fields.values("kibana.alert.rule.parameters.new_terms_fields")
    isPartOfGroup = fields.first("kibana.alert.group.index") != nil
    values = [:]
    for field in SuggestionField.all + Suspects.fields + termFields where values[field] == nil {
      let found = fields.values(field)
      if !found.isEmpty { values[field] = found }
    }
    let arn = fields.first("aws.cloudtrail.user_identity.arn")
    who = fields.first("user.name") ?? arn ?? fields.first("user.id") ?? "unknown"
    isRoot =
      fields.first("aws.cloudtrail.user_identity.type") == "Root" || arn?.hasSuffix(":root") == true
      || fields.first("user.name") == "root"
  }
}

/// The fields that suggestions are made of.
enum SuggestionField {
  static let agent = "user_agent.original"
  static let user = "user.id"
  /// The role whose sessions have names that change.
  static let issuer = "aws.cloudtrail.user_identity.session_context.session_issuer.arn"
  static let address = "source.address"
  static let ip = "source.ip"
  static let outcome = "event.outcome"
  static let action = "event.action"
  /// What was acted on, the surest first.
  static let targets = [
    "entity.target.id", "target.entity.id", "user.target.id", "user.target.name", "host.target.entity.id",
    "aws.cloudtrail.resources.arn",
  ]

  static let arn = "aws.cloudtrail.user_identity.arn"
  /// The key says the session too: each session of a role has its own.
  static let key = "aws.cloudtrail.user_identity.access_key_id"
  static let opener = "martlet.session.opened_by.arn"
  static let openingKey = "martlet.session.opened_by.access_key_id"

  static let all =
    [
      agent, user, issuer, address, ip, outcome, action, arn, key, opener, openingKey,
    ] + targets
}
