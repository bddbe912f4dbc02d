import JSON
import Outputs

/// The events that an alert stands on, where these are several: `martlet.events` of those that were counted, `martlet.sequence` of
/// those that follow one another.
struct AlertEvents: Sendable {
  struct Row: Sendable {
    let time: String
    let who: String?
    let what: String?
    let from: String?
    let end: String?
    let outcome: String?
    let errorCode: String?
    let id: String
    /// What it is in words, of an event of a host or a network.
    let words: EventWords?
    let host: String?
    /// The category, the type and the object of such an event.
    let subject: String?

    init?(_ value: JSONValue) {
      guard let id = value.text("id"), let time = value.text("time") else { return nil }
      self.id = id
      self.time = time
      who = value.text("user")
      what = value.text("action")
      from = value.text("source")
      errorCode = value.text("error_code")
      outcome = value.text("outcome")
      host = value.text("host")
      let (category, type, object) = (value.text("category"), value.text("type"), value.text("object"))
      words = category.flatMap { EventWords(category: $0, type: type, object: object) }
      subject = category.map { [$0, type, object].compactMap(\.self).joined(separator: " ") }
      end = errorCode ?? (outcome == "failure" ? "failure" : nil)
    }

    /// What happened, on one line.
    var line: String {
      let parts = [
        what ?? subject ?? "event", who.map { "by \($0)" }, from.map { "from \($0)" }, end.map { "(\($0))" },
      ]
      return parts.compactMap(\.self).joined(separator: " ")
    }
  }

  /// In their order; nil stands for an event that was to be missing, and was.
  let rows: [Row?]
  /// How many there are, also beyond `rows`.
  let count: Int
  /// What was counted, or what joins the events, a sentence; nil where nothing is to be said.
  let sentence: String?
  /// True for events that follow one another, false for those that were counted.
  let isSequence: Bool

  private static let mostRows = 100

  /// Where values of the events stand, by the field that an alert on one event has them in.
  static let told: [String: [String]] = [
    "event.action": places("action"), "user.name": places("user"), "source.ip": places("source"),
    "source.address": places("source"), "event.outcome": places("outcome"),
    "aws.cloudtrail.error_code": places("error_code"),
  ]
  static let times = places("time")
  static let total = "martlet.events.count"
  static let sequenceTime = "martlet.sequence.events.time"
  static let paths =
    places("action") + places("user") + places("source") + places("outcome") + places("error_code") + times + [total]

  /// How many values a line of a table is told of.
  static let mostTold = 100

  private static func places(_ name: String) -> [String] {
    ["martlet.events.first.\(name)", "martlet.sequence.events.\(name)"]
  }

  init?(_ alert: AlertDocument) {
    if let events = alert.value("martlet.events"), let first = events["first"]?.elements {
      rows = first.prefix(Self.mostRows).map { Row($0) }
      count = events.whole("count") ?? rows.count
      sentence = Self.sentence(alert, count)
      isSequence = false
    } else if let events = alert.value("martlet.sequence")?["events"]?.elements {
      rows = events.prefix(Self.mostRows).map { Row($0) }
      count = events.count
      isSequence = true
      let key = (alert.value("martlet.sequence")?["join_keys"]?.elements ?? []).compactMap { key in
        key.text("field").map { "\($0) \(key.text("value") ?? "(none)")" }
      }
      sentence = key.isEmpty ? nil : "The events belong together by \(key.joined(separator: ", "))."
    } else {
      return nil
    }
  }

  private static func sentence(_ alert: AlertDocument, _ count: Int) -> String {
    if case .object(let columns)? = alert.value("martlet.row")?["columns"] {
      // The columns are told with their values.
      return "\(CountText.count(count, "event")) went into the row\(columns.isEmpty ? "." : ":")"
    }
    let result = alert.value("kibana.alert.threshold_result")
    let terms = (result?["terms"]?.elements ?? []).compactMap { term in
      term.text("field").map { "\($0) \(term.text("value") ?? "")" }
    }
    var text = "\(CountText.count(count, "event")) \(count == 1 ? "was" : "were") counted"
    if !terms.isEmpty { text += " of \(terms.joined(separator: ", "))" }
    if let distinct = result?["cardinality"]?.elements.first, let field = distinct.text("field"),
      let value = distinct.whole("value")
    {
      text += ", with \(value) different values of \(field)"
    }
    return text + "."
  }

  /// The lines of the events with their times, and how many more there are. Of a sequence alike ones that follow one another, as a
  /// rule may ask for so many of, are one line.
  var lines: [(time: String, text: String)] {
    var lines: [(time: String, text: String)] = []
    var (last, alike): (line: String?, count: Int) = (nil, 0)
    for row in rows {
      let line = row.map(\.line)
      alike = isSequence && line != nil && line == last ? alike + 1 : 1
      last = line
      guard let row, let line else {
        lines.append(("–", "no such event, as the rule asks"))
        continue
      }
      let time = ShownText.time(row.time)
      if alike == 1 {
        lines.append((time, line))
      } else {
        let times = alike == 2 ? "twice" : "\(alike.grouped) times"
        lines[lines.count - 1].text = "\(line), \(times) until \(time)"
      }
    }
    if count > rows.count { lines.append(("…", "\((count - rows.count).grouped) more")) }
    return lines
  }

  /// What all of them have in common, by the field that an alert on one event has it in.
  func common(_ path: String) -> String? {
    func value(_ row: Row) -> String? {
      switch path {
      case "event.action": row.what
      case "user.name": row.who
      case "source.ip", "source.address": row.from
      case "event.outcome": row.outcome
      case "aws.cloudtrail.error_code": row.errorCode
      default: nil
      }
    }
    let rows = rows.compactMap(\.self)
    guard count == self.rows.count, let first = rows.first.flatMap(value) else { return nil }
    return rows.allSatisfy { value($0) == first } ? first : nil
  }

  /// What a line of a table says of them.
  var told: AlertLine.Events {
    let rows = rows.compactMap(\.self)
    var told = AlertLine.Events()
    told.users = Self.different(rows.compactMap(\.who))
    told.actions = Self.different(rows.compactMap(\.what))
    told.origins = Self.different(rows.compactMap(\.from))
    told.last = count == self.rows.count ? rows.last?.time : nil
    told.isSequence = isSequence
    return told
  }

  /// Each value once, in their order.
  static func different(_ values: [String]) -> [String] {
    var seen: Set<String> = []
    // Eagerly: what is lazy asks about a value several times.
    return Array(values.filter { seen.insert($0).inserted }.prefix(mostTold))
  }
}
