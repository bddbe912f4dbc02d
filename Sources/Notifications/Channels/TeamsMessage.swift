import JSON
import Rules

/// An adaptive card for a workflow of Microsoft Teams that takes webhooks. A message has at most 28 KiB.
enum TeamsMessage {
  static func json(_ text: NotificationText) -> JSONValue {
    // So many that they fit; most have a kilobyte.
    var most = text.items.count == 1 ? 1 : 15
    while true {
      let message = json(text, most: most)
      if message.text.utf8.count <= 26 << 10 || most == 0 { return message }
      most -= 1
    }
  }

  private static func json(_ text: NotificationText, most: Int) -> JSONValue {
    var body: [JSONValue] = [
      [
        "type": "TextBlock", "text": .string(escaped(text.title.cut(300))), "weight": "Bolder", "size": "Medium",
        "wrap": true,
        "color": text.worst >= .high ? "Attention" : "Default",
      ]
    ]
    for item in text.items.prefix(most) {
      if text.items.count > 1 {
        body.append(["type": "TextBlock", "text": .string(escaped(item.headline)), "wrap": true, "separator": true])
      }
      let facts = item.lines.map { line -> JSONValue in
        ["title": .string(line.label), "value": .string(escaped(line.value.cut(400)))]
      }
      body.append(["type": "FactSet", "facts": .array(facts)])
      if let link = item.link {
        body.append([
          "type": "ActionSet",
          "actions": [["type": "Action.OpenUrl", "title": "Open the alert", "url": .string(link)]],
        ])
      }
    }
    if text.items.count > most {
      body.append([
        "type": "TextBlock", "text": .string("and \(text.items.count - most) more alerts"), "isSubtle": true,
        "wrap": true,
      ])
    }
    return [
      "type": "message",
      "attachments": [
        [
          "contentType": "application/vnd.microsoft.card.adaptive",
          "content": [
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
            "body": .array(body),
          ],
        ]
      ],
    ]
  }

  /// Cards know a part of Markdown, in which an alert's texts are to mean nothing.
  static func escaped(_ text: String) -> String {
    text.scalars { "\\`*_[]".unicodeScalars.contains($0) ? "\\\($0)" : nil }
  }
}
