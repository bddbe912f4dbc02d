import JSON

/// A message for an incoming webhook of Slack: a text, and blocks of at most what Slack takes.
enum SlackMessage {
  static func json(_ text: NotificationText) -> JSONValue {
    var blocks: [JSONValue] = [
      ["type": "header", "text": ["type": "plain_text", "text": .string(text.title.cut(150)), "emoji": false]]
    ]
    for item in text.items.prefix(text.items.count == 1 ? 1 : NotificationText.mostItems) {
      var lines = item.lines.map { "*\($0.label)*  \(escaped($0.value.cut(500)))" }
      if text.items.count > 1 { lines = ["*\(escaped(item.headline))*"] + lines.filter { !$0.hasPrefix("*Why*") } }
      if let link = item.link {
        lines.append("<\(link.replacing(">", with: "%3E").replacing("|", with: "%7C"))|Open the alert>")
      }
      blocks.append([
        "type": "section",
        "text": ["type": "mrkdwn", "verbatim": true, "text": .string(lines.joined(separator: "\n").cut(3000))],
      ])
    }
    if text.items.count > NotificationText.mostItems {
      let more = "and \(text.items.count - NotificationText.mostItems) more alerts"
      blocks.append(["type": "context", "elements": [["type": "plain_text", "text": .string(more)]]])
    }
    return ["text": .string(escaped(text.title).cut(3000)), "blocks": .array(blocks)]
  }

  /// Names of users and channels, and links, are written in these.
  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
