import JSON

/// The source event of an alert as indented JSON.
enum EventText {
  /// Scalars of one string, elements of one list, and bytes in all that are written; the rest is said to be left out.
  private static let longestString = 8000
  private static let mostElements = 500
  private static let longest = 128 << 10

  /// The event as it was before it became an alert: without `kibana.*` and `martlet`, with its own time and kind.
  static func event(of alert: AlertDocument) -> JSONValue {
    guard case .object(var members) = alert.root else { return alert.root }
    for key in Array(members.keys)
    where key == "martlet" || key == "kibana" || key.hasPrefix("kibana.") || key.hasPrefix("martlet.") {
      members[key] = nil
    }
    if let time = alert.first("kibana.alert.original_time") { members["@timestamp"] = .string(time) }
    let kind = alert.first("kibana.alert.original_event.kind")
    if members["event.kind"] != nil { members["event.kind"] = kind.map { .string($0) } }
    if case .object(var event) = members["event"] ?? .null, event["kind"] != nil {
      event["kind"] = kind.map { .string($0) }
      members["event"] = .object(event)
    }
    return .object(members)
  }

  /// Indented JSON with sorted keys, cut where it grows beyond all measure.
  static func indented(_ value: JSONValue) -> String {
    var text = ""
    append(value, 0, to: &text)
    return text
  }

  private static func append(_ value: JSONValue, _ depth: Int, to text: inout String) {
    guard text.utf8.count < longest else {
      if !text.hasSuffix("…") { text += "…" }
      return
    }
    let indent = String(repeating: " ", count: (depth + 1) * 2)
    let end = "\n" + String(repeating: " ", count: depth * 2)
    switch value {
    case .object(let members) where !members.isEmpty:
      text += "{"
      for (place, member) in members.sorted(by: { $0.key < $1.key }).prefix(mostElements).enumerated() {
        text += (place > 0 ? ",\n" : "\n") + indent + JSONValue.string(ShownText.cut(member.key, to: 500)).text + ": "
        append(member.value, depth + 1, to: &text)
      }
      if members.count > mostElements { text += "\n\(indent)… \(members.count - mostElements) more members" }
      text += end + "}"
    case .array(let elements) where !elements.isEmpty:
      if elements.count == 1, elements[0].plainText != nil {
        text += "["
        append(elements[0], depth, to: &text)
        text += "]"
        return
      }
      text += "["
      for (place, element) in elements.prefix(mostElements).enumerated() {
        text += (place > 0 ? ",\n" : "\n") + indent
        append(element, depth + 1, to: &text)
      }
      if elements.count > mostElements { text += "\n\(indent)… \(elements.count - mostElements) more elements" }
      text += end + "]"
    case .string(let string): text += JSONValue.string(ShownText.cut(string, to: longestString)).text
    default: text += value.text
    }
  }
}
