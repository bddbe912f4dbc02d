import JSON
import Rules

/// An event for PagerDuty's Events API, version 2. The alert's id is its key, by which a second one is no second incident.
enum PagerDutyEvent {
  static func json(_ text: NotificationText, key: String, source: String) -> JSONValue {
    let item = text.items.first
    let severity: String =
      switch text.worst {
      case .critical: "critical"
      case .high: "error"
      case .medium: "warning"
      case .low: "info"
      }
    var payload: [String: JSONValue] = [
      "summary": .string(text.title.cut(1024)), "severity": .string(severity),
      "source": .string((item?.alert.account.map { "AWS account \($0)" } ?? source).cut(200)),
      "class": .string((item?.alert.rule ?? "").cut(200)),
      "component": "martlet",
    ]
    if let time = item?.alert.time { payload["timestamp"] = .string(time) }
    payload["custom_details"] = .object(
      Dictionary((item?.lines ?? []).map { ($0.label, .string($0.value)) }) { first, _ in first })
    var event: [String: JSONValue] = [
      "routing_key": .string(key), "event_action": "trigger", "payload": .object(payload), "client": "Martlet",
      "dedup_key": .string("martlet-\(item?.alert.id ?? "test")".cut(255)),
    ]
    if let link = item?.link { event["links"] = [["href": .string(link), "text": "Open the alert"]] }
    return .object(event)
  }
}
