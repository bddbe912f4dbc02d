import JSON

/// What an event changed in a policy: an entry of `martlet.policies`.
struct PolicyChange: Sendable {
  struct Line: Sendable {
    let what: String
    let text: String
  }

  struct Flag: Sendable {
    let id: String
    /// A clause, which says itself what was so before.
    let text: String
    /// True when the former policy was just so.
    let wasBefore: Bool

    var sentence: String { text.prefix(1).uppercased() + text.dropFirst() }
  }

  let kind: String
  let change: String?
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
  private let policy: String?
  private let type: String?
  private let name: String?
  private let place: String
  private let version: String?
  private let formerVersion: String?

  static func all(in alert: AlertDocument) -> [PolicyChange] {
    (alert.value("martlet.policies")?.elements ?? []).prefix(20).compactMap(PolicyChange.init)
  }

  private init?(_ value: JSONValue) {
    guard case .object = value else { return nil }
    kind = value.text("kind") ?? "policy"
    let target = value["target"]
    // A policy within something, such as a user, has a name of its own.
    policy = target?.text("policy")
    type = target?.text("type")
    name = target?.text("name")
    let places = [
      target?.text("account").map { "in account \($0)" }, target?.text("region").map { "in \($0)" },
    ].compactMap { $0 }
    place = places.isEmpty ? "" : " " + places.joined(separator: " ")
    change = value.text("change")
    version = value.text("version")
    formerVersion = value.text("former_version")
    former = value.text("former") ?? "unknown"
    let event = value["former_event"]
    let parts = [event?.text("id").map { "event \($0)" }, event?.text("time").map { "of \(ShownText.time($0))" }]
      .compactMap { $0 }
    formerEvent = parts.isEmpty ? nil : parts.joined(separator: " ")
    added = Self.lines(value["added"])
    removed = Self.lines(value["removed"])
    flags = (value["flags"]?.elements ?? []).prefix(100).compactMap { flag in
      flag.text("id").map {
        Flag(id: $0, text: flag.text("text") ?? $0, wasBefore: flag["before"]?.elements.first == true)
      }
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

  /// True when the call did not succeed, and so changed nothing.
  var hasFailed: Bool { flags.contains { $0.id == "failed_call" } }

  var title: String {
    let own = policy.map { " " + $0 } ?? ""
    let owner = [type, name].compactMap { $0 }.joined(separator: " ")
    let of = owner.isEmpty ? "" : " of \(owner)"
    let title =
      switch kind {
      case "trust": "Trust policy" + of
      case "managed": "Managed policy" + (name.map { " " + $0 } ?? own)
      case "inline": "Inline policy" + own + of
      case "bucket": "Bucket policy" + (name.map { " of \($0)" } ?? "")
      case "resource": "Resource policy" + own + of
      default: kind + own + of
      }
    return title + place
  }

  /// What the event did to the policy, and where the former one comes from.
  var formerSentence: String {
    let named = version.map { "version \($0)" } ?? "a version"
    let what =
      switch change {
      case "deleted": hasFailed ? "The event would have deleted it. " : "The event deleted it. "
      case "version_saved":
        hasFailed
          ? "The event would have saved \(named), not in force. " : "The event saved \(named), which is not in force. "
      case "default_version": "The event \(hasFailed ? "would have put" : "put") \(named) in force. "
      case "version_deleted": "The event \(hasFailed ? "would have deleted" : "deleted") \(named). "
      default: ""
      }
    let earlier = formerVersion.map { "version \($0), which \(formerEvent ?? "an earlier event") set" }
    switch former {
    case "known":
      return what + "Compared with \(earlier ?? "the policy that \(formerEvent ?? "an earlier event") set")."
    case "none": return what + "There was none before."
    default: return what + "What it was before is unknown: no event among those searched tells."
    }
  }

  /// The difference as signed lines, what went first.
  var difference: [(sign: Character, line: Line)] {
    removed.map { ("-", $0) } + added.map { ("+", $0) }
  }
}
