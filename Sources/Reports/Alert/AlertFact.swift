/// A line of what is known of an alert's event: a label and its values.
struct AlertFact: Hashable, Sendable {
  var label: String
  var values: [String]
}

extension AlertDocument {
  /// Who, what, when, where and with what, each with all that the event says.
  var facts: [AlertFact] {
    var facts: [AlertFact] = []
    func add(_ label: String, _ values: [String?]) {
      var seen: [String] = []
      for case let value? in values where !value.isEmpty && !seen.contains(value) { seen.append(value) }
      if !seen.isEmpty { facts.append(AlertFact(label: label, values: seen)) }
    }
    func named(_ name: String, _ path: String) -> String? { first(path).map { "\(name) \($0)" } }
    let identity = "aws.cloudtrail.user_identity."
    // Of an alert on several events what its fields do not say is that of the events.
    let users = actor == nil ? told(\.users) : []
    let actions = action == nil ? told(\.actions) : []
    let origins = origin == nil ? told(\.origins) : []
    add("When", [eventTime, tick == eventTime ? nil : tick.map { "found by the execution of \(ShownText.time($0))" }])
    add(
      "Who",
      Self.first(users) + [
        first(identity + "arn") ?? actor, named("user", "user.name"), named("id", "user.id"), first(identity + "type"),
        named("access key", identity + "access_key_id"),
        named("through the role", identity + "session_context.session_issuer.arn"),
        named("called by", identity + "invoked_by"),
        first(identity + "session_context.mfa_authenticated").map { "MFA \($0)" },
      ])
    if let session = AlertSession(self) { add("Opened by", session.lines) }
    add(
      "What",
      Self.first(actions) + [
        action, first("event.provider"), first("event.outcome"), first("aws.cloudtrail.error_code"),
        first("aws.cloudtrail.error_message"),
      ])
    add(
      "Target",
      values("user.target.name") + values("target.entity.id") + values("entity.target.id")
        + values("aws.cloudtrail.resources.arn"))
    add(
      "From",
      Self.first(origins) + [
        origin, first("source.geo.city_name"), first("source.geo.country_name") ?? first("source.geo.country_iso_code"),
        first("source.as.organization.name"), named("AS", "source.as.number"),
      ])
    let account = first("cloud.account.id") ?? first("aws.cloudtrail.recipient_account_id")
    add(
      account == nil ? "Region" : "Account", [account, first("cloud.account.name"), first("cloud.region")])
    add("Client", [first("user_agent.original")])
    add("Parameters", [first("aws.cloudtrail.request_parameters")])
    add("Event id", [first("event.id") ?? first("kibana.alert.original_event.id")])
    add("Alert id", [id])
    return facts
  }

  /// The first of many values, and how many more there are.
  private static func first(_ values: [String]) -> [String?] {
    let most = 12
    return Array(values.prefix(most)) + (values.count > most ? ["\(values.count - most) more"] : [])
  }
}
