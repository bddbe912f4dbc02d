import JSON

/// What an event changed in a policy: an entry of `martlet.policies`.
struct PolicyChange: Sendable {
  struct Line: Sendable {
    let what: String
    let text: String
  }

  struct Flag: Sendable {
    let id: String
    /// A clause.
    let text: String

    var sentence: String { text.prefix(1).uppercased() + text.dropFirst() }
  }

  let kind: String
  let target: String
  /// `known`, `unknown` or `none`.
  let former: String
  let formerEvent: String?
  let added: [Line]
  let removed: [Line]
  let flags: [Flag]
  /// Who can now do what, in one sentence.
  let who: String?
  /// The command that sets the former policy again.
  let restore: String?
  let document: String?
  let formerDocument: String?

  static func all(in alert: AlertDocument) -> [PolicyChange] {
    (alert.value("martlet.policies")?.elements ?? []).prefix(20).compactMap(PolicyChange.init)
  }

  private init?(_ value: JSONValue) {
    guard case .object = value else { return nil }
    kind = value.text("kind") ?? "policy"
    let target = value["target"]
    var name = [target?.text("type"), target?.text("name")].compactMap { $0 }.joined(separator: " ")
    if let account = target?.text("account") { name += " in account \(account)" }
    self.target = name
    former = value.text("former") ?? "unknown"
    let event = value["former_event"]
    let parts = [event?.text("id").map { "event \($0)" }, event?.text("time").map { "of \(ShownText.time($0))" }]
      .compactMap { $0 }
    formerEvent = parts.isEmpty ? nil : parts.joined(separator: " ")
    added = Self.lines(value["added"])
    removed = Self.lines(value["removed"])
    flags = (value["flags"]?.elements ?? []).prefix(100).compactMap { flag in
      flag.text("id").map { Flag(id: $0, text: flag.text("text") ?? $0) }
    }
    who = value.text("who")
    restore = value.text("restore")
    document = value.text("document")
    formerDocument = value.text("former_document")
  }

  private static func lines(_ value: JSONValue?) -> [Line] {
    (value?.elements ?? []).prefix(500).compactMap { line in
      line.text("text").map { Line(what: line.text("what") ?? "", text: $0) }
    }
  }

  var title: String {
    let name =
      switch kind {
      case "trust": "Trust policy"
      case "managed": "Managed policy"
      case "inline": "Inline policy"
      case "bucket": "Bucket policy"
      default: kind
      }
    return target.isEmpty ? name : "\(name) of \(target)"
  }

  /// Where the former policy comes from, in words.
  var formerSentence: String {
    switch former {
    case "known": "Compared with the policy that \(formerEvent ?? "an earlier event") set."
    case "none": "There was none before: the event created it."
    default: "What it was before is unknown: no earlier event that sets it was among those searched."
    }
  }

  /// The difference as signed lines, what went first.
  var difference: [(sign: Character, line: Line)] {
    removed.map { ("-", $0) } + added.map { ("+", $0) }
  }
}
