import JSON

/// A message for an incoming webhook of Slack: a text, and blocks of at most what Slack takes.
enum SlackMessage {
  /// Characters of a text in a block, and of a header, at most.
  private static let longestText = 3000
  private static let longestHeader = 150

  static func json(_ text: NotificationText) -> JSONValue {
    var blocks: [JSONValue] = [
      [
        "type": "header",
        "text": ["type": "plain_text", "text": .string(text.title.cut(longestHeader)), "emoji": false],
      ]
    ]
    // Two blocks each; a message has 50 at most.
    for item in text.items.prefix(text.items.count == 1 ? 1 : NotificationText.mostItems) {
      blocks.append([
        "type": "section", "text": plain(section(item, isOne: text.items.count == 1)),
      ])
      // In a block of its own, which no other text is too long for.
      if let link = item.link.flatMap(Self.link) {
        blocks.append(["type": "section", "text": ["type": "mrkdwn", "verbatim": true, "text": .string(link)]])
      }
    }
    if text.items.count > NotificationText.mostItems {
      let more = "and \(text.items.count - NotificationText.mostItems) more alerts"
      blocks.append(["type": "context", "elements": [plain(more)]])
    }
    // What devices show of a message before it is opened; it is no block, and so is told apart by a member of its own.
    return [
      "text": .string(escaped(text.title, most: longestText)), "mrkdwn": false, "blocks": .array(blocks),
    ]
  }

  /// Text in which nothing means anything: in `mrkdwn` stars, underscores, tildes and backticks have no way to be escaped.
  private static func plain(_ text: String) -> JSONValue {
    ["type": "plain_text", "text": .string(text), "emoji": false]
  }

  /// The lines of an alert: rather all of them, each with less, than some not at all.
  private static func section(_ item: NotificationText.Item, isOne: Bool) -> String {
    func text(_ most: Int) -> String {
      let head = isOne ? [] : [item.headline.cut(most)]
      let lines = item.lines.filter { isOne || $0.label != "Why" }.map { "\($0.label): \($0.value.cut(most))" }
      return (head + lines).joined(separator: "\n")
    }
    // Ten lines at most.
    let whole = text(500)
    return whole.utf16.count <= longestText ? whole : text(280)
  }

  /// A link to an alert; nil where its address is longer than a block takes.
  private static func link(_ address: String) -> String? {
    let safe = address.scalars { scalar in
      switch scalar {
      case "<": "%3C"
      case ">": "%3E"
      case "|": "%7C"
      default: written(scalar)
      }
    }
    let text = "<\(safe)|Open the alert>"
    return text.utf16.count <= longestText ? text : nil
  }

  /// A text in which nothing is a mention or a link, which are written in these three characters, within so many units of UTF-16; what is
  /// cut off is whole characters of the text and no part of what one is written as.
  static func escaped(_ text: String, most: Int) -> String {
    let all = text.scalars(written)
    guard all.utf16.count > most else { return all }
    var count = 0
    var kept = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      count += written(scalar)?.utf16.count ?? UTF16.width(scalar)
      guard count < most else { break }
      kept.append(scalar)
    }
    return String(kept).scalars(written) + "…"
  }

  private static func written(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    default: nil
    }
  }
}
