import Events
import JSON
import Outputs

/// What made an execution alert on an event: `martlet.evidence`.
struct AlertEvidence: Sendable {
  struct Term: Sendable {
    let field: String
    let value: String
    /// When this value by itself was last seen in the history; nil when never.
    let lastSeen: String?
  }

  struct Span: Sendable {
    let from: String
    let to: String

    init?(_ value: JSONValue?) {
      guard let from = value?.text("from"), let to = value?.text("to") else { return nil }
      self.from = from
      self.to = to
    }

    var words: String { "\(ShownText.time(from)) to \(ShownText.time(to))" }
  }

  let scheduled: String?
  let window: Span?
  let history: Span?
  /// From when on the history was given, where that is not all of it.
  let coveredFrom: String?
  let matchedInWindow: Int?
  let matchedInHistory: Int?
  let terms: [Term]
  /// A query in KQL that shows the events.
  let query: String?
  /// The events that the alert stands on, where these are several.
  let events: AlertEvents?
  /// What led to the alert beside events.
  private let indicators: AlertIndicators?
  /// The columns of a row that the alert stands on, with their values.
  private let columns: [(name: String, value: String)]

  init?(_ alert: AlertDocument) {
    let value = alert.value("martlet.evidence")
    let terms = (value?["terms"]?.elements ?? []).prefix(100).compactMap { term in
      term.text("value").map { Term(field: term.text("field") ?? "", value: $0, lastSeen: term.text("last_seen")) }
    }
    self.terms = terms
    scheduled = value?.text("scheduled") ?? alert.tick
    window = Span(value?["window"])
    history = Span(value?["history"])
    let isShort = value?["history"]?["complete"] == .bool(false)
    coveredFrom = isShort ? value?["history"]?.text("covered_from") : nil
    matchedInWindow = value?["matched"]?.whole("window")
    matchedInHistory = value?["matched"]?.whole("history")
    query = value?.text("query")
    events = AlertEvents(alert)
    indicators = AlertIndicators(alert)
    var columns: [(name: String, value: String)] = []
    if case .object(let members)? = alert.value("martlet.row")?["columns"] {
      columns = members.sorted { $0.key < $1.key }.prefix(100).map {
        ($0.key, $0.value.plainTexts.joined(separator: ", "))
      }
    }
    self.columns = columns
    guard value != nil || !alert.newTerms.isEmpty || events != nil else { return nil }
    newTerms = alert.newTerms
  }

  /// The new terms as the alert lists them, where the evidence has no more to say of them.
  private let newTerms: [String]

  /// What was searched and found, in words.
  var sentences: [String] {
    var sentences: [String] = []
    if let window {
      let execution = scheduled.map { "The execution of \(ShownText.time($0))" } ?? "The execution"
      let found = matchedInWindow.map { " and found \(Self.events($0)) that the rule asks for" } ?? ""
      sentences.append("\(execution) searched \(window.words)\(found).")
    }
    if let history {
      let span = "The history from \(history.words) held"
      let plural = max(terms.count, newTerms.count) > 1
      let none = "none with " + (plural ? "these values together." : "this value.")
      switch matchedInHistory {
      case 0: sentences.append("\(span) no events that the rule asks for.")
      case .some(let count): sentences.append("\(span) \(Self.events(count)) that the rule asks for, \(none)")
      case nil: sentences.append("\(span) \(none)")
      }
    }
    if let coverage { sentences.append(coverage) }
    if let sentence = events?.sentence { sentences.append(sentence) }
    return sentences + (indicators?.sentences ?? [])
  }

  /// How much of the history was given, where it was not all.
  private var coverage: String? {
    guard let coveredFrom, let history, let from = Timestamp(iso8601: history.from),
      let covered = Timestamp(iso8601: coveredFrom), let to = Timestamp(iso8601: window?.to ?? history.to)
    else { return nil }
    if let end = Timestamp(iso8601: history.to), covered >= end {
      return "None of the history was given: of the time before \(ShownText.time(coveredFrom)) nothing is known."
    }
    // Both up to the end of the window, from which a history counts.
    let given = DurationText.text(to.milliseconds - covered.milliseconds)
    return "\(given) of \(DurationText.text(to.milliseconds - from.milliseconds)) were given: of the time before "
      + "\(ShownText.time(coveredFrom)) nothing is known."
  }

  /// The new terms, each with what is known of it by itself, or the columns of a row.
  var termLines: [(field: String, value: String, remark: String)] {
    guard columns.isEmpty else { return columns.map { ($0.name, $0.value, "") } }
    guard !terms.isEmpty else { return newTerms.map { ("", $0, "") } }
    let never = coveredFrom == nil ? "never seen before" : "not seen in the history that was given"
    return terms.map { term in
      let seen = terms.count > 1 ? "seen with other values" : "seen"
      return (term.field, term.value, term.lastSeen.map { "last \(seen) \(ShownText.time($0))" } ?? never)
    }
  }

  private static func events(_ count: Int) -> String {
    count == 0 ? "no events" : count == 1 ? "1 event" : "\(count.grouped) events"
  }
}

extension Int {
  /// The number with a comma after each three digits.
  var grouped: String {
    var text = ""
    for (place, digit) in String(magnitude).reversed().enumerated() {
      if place > 0, place % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (self < 0 ? "-" : "") + String(text.reversed())
  }
}
