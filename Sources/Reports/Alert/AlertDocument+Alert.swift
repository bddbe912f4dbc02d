import Events
import JSON
import Rules

/// What every alert says of itself.
extension AlertDocument {
  /// The alert's id, `kibana.alert.uuid`; empty when it has none.
  public var id: String { first("kibana.alert.uuid") ?? "" }

  public var ruleID: String {
    first("kibana.alert.rule.rule_id") ?? first("kibana.alert.rule.uuid") ?? unmarkedName
  }

  /// The rule's name, with what tells it from other rules of that name.
  public var ruleName: String { labels.isEmpty ? unmarkedName : labels.name(unmarkedName, id: ruleID) }

  private var unmarkedName: String { first("kibana.alert.rule.name") ?? "unnamed rule" }

  /// The alert's severity, else the rule's; low where neither is known.
  public var severity: Severity {
    for field in ["kibana.alert.severity", "kibana.alert.rule.severity"] {
      if let severity = first(field).flatMap(Severity.init(rawValue:)) { return severity }
    }
    return .low
  }

  public var riskScore: String? { first("kibana.alert.risk_score") ?? first("kibana.alert.rule.risk_score") }

  /// The source event's own time as text; of several that follow one another that of the last.
  public var eventTime: String? {
    values(AlertEvents.sequenceTime).last ?? first("kibana.alert.original_time")
      ?? AlertEvents(self)?.told.last ?? first("@timestamp")
  }

  /// When the execution that made the alert was scheduled, as text.
  public var tick: String? {
    first("kibana.alert.intended_timestamp") ?? first("kibana.alert.rule.execution.timestamp") ?? first("@timestamp")
  }

  /// The source event's time; nil when it is no time.
  public var time: Timestamp? { eventTime.flatMap { Timestamp(iso8601: $0) } }

  /// Who acted, as short as it can be said; nil where the event does not say.
  public var actor: String? {
    if first("aws.cloudtrail.user_identity.type") == "Root", !has("user.name") { return "root" }
    for field in [
      "user.name", "aws.cloudtrail.user_identity.arn", "user.id", "aws.cloudtrail.user_identity.invoked_by",
      "aws.cloudtrail.user_identity.type",
    ] {
      if let value = first(field) { return value }
    }
    return nil
  }

  /// Who acted, so that two of one short name stay two.
  public var principal: String? {
    value("martlet.context.principal")?.text("value") ?? first("aws.cloudtrail.user_identity.arn") ?? actor
  }

  public var action: String? { first("event.action") ?? first("kibana.alert.original_event.action") }

  /// What was acted on, as short as it can be said: a target that the event names, else new terms that say neither who nor
  /// what.
  public var target: String? {
    for field in ["user.target.name", "target.entity.id", "entity.target.id", "aws.cloudtrail.resources.arn"] {
      if let name = first(field) { return name == actor ? nil : name }
    }
    let said = [actor, principal, action, first("event.provider"), first("user.id"), origin, first("cloud.account.id")]
    let terms = newTerms.filter { !said.contains($0) }
    return terms.isEmpty ? nil : terms.joined(separator: ", ")
  }

  /// Where the call came from.
  public var origin: String? { first("source.address") ?? first("source.ip") }

  public var newTerms: [String] { values("kibana.alert.new_terms") }

  public var reason: String? { first("kibana.alert.reason") }

  /// The tactics and techniques that the rule names.
  public var threats: [AlertThreat] {
    (value("kibana.alert.rule.threat") ?? value("kibana.alert.rule.parameters.threat"))?.elements
      .compactMap(AlertThreat.init) ?? []
  }

  /// The investigation guide with the alert's values, else the rule's own.
  public var guide: String? { first("martlet.guide") ?? ruleGuide }

  /// The investigation guide as the rule has it.
  public var ruleGuide: String? {
    first("kibana.alert.rule.note") ?? first("kibana.alert.rule.parameters.note")
  }
}
