import JSON

/// What else the principal of an alert did: `martlet.context`.
struct AlertContext: Sendable {
  struct Related: Sendable {
    let id: String
    let rule: String
    let severity: String
    let time: String
    let action: String
  }

  struct Counts: Sendable {
    let label: String
    /// The most frequent first.
    let counts: [(value: String, count: Int)]
    /// How many more values there are.
    let others: Int
  }

  let principal: String?
  let alerts: [Related]
  /// How many more alerts there are.
  let otherAlerts: Int
  let alertQuery: String?
  let from: String?
  let to: String?
  let events: Int?
  let failures: Int?
  let activity: [Counts]
  let activityQuery: String?

  init?(_ alert: AlertDocument) {
    guard let value = alert.value("martlet.context"), case .object = value else { return nil }
    principal = value["principal"]?.text("value")
    alerts = (value["alerts"]?.elements ?? []).prefix(200).map { other in
      Related(
        id: other.text("id") ?? "", rule: other.text("rule") ?? "", severity: other.text("severity") ?? "",
        time: other.text("time") ?? "", action: other.text("action") ?? "")
    }
    otherAlerts = value.whole("alerts_others") ?? 0
    alertQuery = value.text("alert_query")
    let activity = value["activity"]
    from = activity?.text("from")
    to = activity?.text("to")
    events = activity?.whole("events")
    failures = activity?.whole("failures")
    self.activity = Self.kinds.compactMap { key, label in
      let counts = (activity?[key]?.elements ?? []).prefix(100).compactMap { entry in
        entry.text("value").map { ($0, entry.whole("count") ?? 0) }
      }
      let others = activity?.whole(key + "_others") ?? 0
      return counts.isEmpty ? nil : Counts(label: label, counts: counts, others: others)
    }
    activityQuery = value.text("activity_query")
  }

  private static let kinds = [
    ("services", "Services"), ("actions", "Actions"), ("resources", "Resources"), ("addresses", "Addresses"),
    ("user_agents", "User agents"), ("access_keys", "Access keys"), ("errors", "Errors"),
  ]

  /// How much the principal did, in words.
  var activitySentence: String? {
    guard let events else { return nil }
    var text = events == 1 ? "1 event" : "\(events.grouped) events"
    if let failures, failures > 0 { text += ", \(failures.grouped) of them failed" }
    if let from, let to { text += ", \(ShownText.time(from)) to \(ShownText.time(to))" }
    return text + "."
  }
}
