import JSON

/// What else the principal of an alert did: `martlet.context`.
struct AlertContext: Sendable {
  struct Related: Sendable {
    let id: String
    let rule: String
    let severity: String
    let time: String
    let action: String
    /// How its call ended, where it did not succeed.
    let failure: AlertHeadline.Failure?

    /// What was done, and that it failed: `DeleteTrail, refused`.
    var what: String {
      guard let failure else { return action }
      return action.isEmpty ? failure.words : "\(action), \(failure.words)"
    }
  }

  let principal: String?
  let alerts: [Related]
  /// How many more alerts there are.
  let otherAlerts: Int
  let alertQuery: String?
  /// What it did in the day before the event, and in the day after; nil where that is not told.
  let before: Activity?
  let after: Activity?

  /// Both, with a word for each.
  var activities: [(when: String, activity: Activity)] {
    [("In the time before", before), ("In the time after", after)].compactMap { when, activity in
      activity.map { (when, $0) }
    }
  }

  init?(_ alert: AlertDocument) {
    guard let value = alert.value("martlet.context"), case .object = value else { return nil }
    principal = value["principal"]?.text("value")
    alerts = (value["alerts"]?.elements ?? []).prefix(200).map { other in
      Related(
        id: other.text("id") ?? "", rule: other.text("rule") ?? "", severity: other.text("severity") ?? "",
        time: other.text("time") ?? "", action: other.text("action") ?? "",
        failure: other.text("outcome") == "failure" ? AlertHeadline.Failure(other.text("error_code")) : nil)
    }
    otherAlerts = value.whole("alerts_others") ?? 0
    alertQuery = value.text("alert_query")
    before = Activity(value["activity"], query: value.text("activity_query"))
    after = Activity(value["activity_after"], query: value.text("activity_after_query"))
  }
}

/// What a principal did within some time.
struct Activity: Sendable {
  struct Counts: Sendable {
    let label: String
    /// The most frequent first.
    let counts: [(value: String, count: Int)]
    /// How many more values there are.
    let others: Int
  }

  let from: String?
  let to: String?
  let events: Int
  let failures: Int
  let kinds: [Counts]
  /// KQL for the events.
  let query: String?

  init?(_ value: JSONValue?, query: String?) {
    guard let value, let events = value.whole("events") else { return nil }
    from = value.text("from")
    to = value.text("to")
    self.events = events
    failures = value.whole("failures") ?? 0
    kinds = Self.labels.compactMap { key, label in
      let counts = (value[key]?.elements ?? []).prefix(100).compactMap { entry in
        entry.text("value").map { ($0, entry.whole("count") ?? 0) }
      }
      return counts.isEmpty ? nil : Counts(label: label, counts: counts, others: value.whole(key + "_others") ?? 0)
    }
    self.query = query
  }

  private static let labels = [
    ("services", "Services"), ("actions", "Actions"), ("resources", "Resources"), ("addresses", "Addresses"),
    ("user_agents", "User agents"), ("access_keys", "Access keys"), ("errors", "Errors"),
  ]

  /// How much the principal did, in words.
  var sentence: String {
    var text = events == 0 ? "nothing" : events == 1 ? "1 event" : "\(events.grouped) events"
    if failures > 0 { text += events == 1 ? ", which failed" : ", \(failures.grouped) of them failed" }
    if let from, let to { text += ", \(ShownText.time(from)) to \(ShownText.time(to))" }
    return text + "."
  }
}
