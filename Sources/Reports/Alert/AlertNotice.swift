import Events
import JSON
import Rules

/// What is said of an alert where there is room for some lines only: to people who are told of it.
public struct AlertNotice: Sendable, Equatable {
  /// The alert's id.
  public var id: String
  public var ruleID: String
  public var rule: String
  public var severity: Severity
  public var riskScore: Int?
  /// When the event happened, as text.
  public var time: String?
  /// What happened in one line, as in reports.
  public var headline: String
  public var who: String?
  public var what: String?
  public var target: String?
  public var from: String?
  public var account: String?
  public var region: String?
  /// Why: the rule's reason.
  public var why: String?
  public var tags: [String]
  /// Tactics and techniques, by their ids and names.
  public var threats: [String]
  /// Whether it is one of those that another alert is put together of, which says what there is to say. Alerts of rules that
  /// serve other rules are none of these.
  public var isPartOfGroup: Bool

  public init(_ alert: AlertDocument) {
    id = alert.id
    ruleID = alert.ruleID
    rule = alert.ruleName
    severity = alert.severity
    riskScore = alert.riskScore.flatMap(Double.init).flatMap { Int(exactly: $0.rounded()) }
    time = alert.eventTime
    headline = AlertHeadline(alert).text
    who = alert.principal ?? alert.actor
    let provider = alert.first("event.provider")
    what = alert.action.map { action in provider.map { "\(action) (\($0))" } ?? action }
    target = alert.target
    let place = [
      alert.first("source.geo.city_name"), alert.first("source.geo.country_name"),
      alert.first("source.as.organization.name"),
    ]
    .compactMap { $0 }.joined(separator: ", ")
    from = alert.origin.map { place.isEmpty ? $0 : "\($0) (\(place))" }
    account = alert.first("cloud.account.id")
    region = alert.first("cloud.region")
    why = alert.reason
    tags = alert.values("kibana.alert.rule.tags")
    isPartOfGroup = alert.has("kibana.alert.group.index")
    threats = alert.threats.flatMap { threat in
      threat.techniques.isEmpty
        ? ["\(threat.tacticID) \(threat.tactic)"] : threat.techniques.map { "\($0.id) \($0.name)" }
    }
  }
}
