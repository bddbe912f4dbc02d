import Events
import Rules

/// One alert of a report as HTML.
struct AlertArticle {
  let alert: AlertDocument
  /// The anchor of the alert, and of its rule.
  let anchor: String
  let ruleAnchor: String
  /// Anchors of alerts by their id, for those that may be on the page.
  let anchorOf: (String) -> String?

  /// The ids of the tactics and techniques that the rule names, for the filter.
  private var attack: String {
    var ids: [String] = []
    for threat in alert.threats.prefix(20) {
      for id in [threat.tacticID] + threat.techniques.prefix(50).map(\.id) where !ids.contains(id) { ids.append(id) }
    }
    return ShownText.cut(ids.joined(separator: " "), to: 1000)
  }

  private static let folded: StaticString = "<details class=\"row\">"

  /// An alert's HTML with the alert unfolded. The first such tag is the alert's own: nothing before it came from outside
  /// unescaped.
  static func opened(_ html: [UInt8]) -> [UInt8] {
    let tag = Array(folded.description.utf8)
    guard let start = html.firstRange(of: tag) else { return html }
    return html[..<start.lowerBound] + Array("<details class=\"row\" open>".utf8) + html[start.upperBound...]
  }

  /// Writes the alert, folded; `guide` writes its investigation guide.
  func write(to html: inout HTMLWriter, guide: (inout HTMLWriter) -> Void) {
    let severity = alert.severity.rawValue
    html.open(
      "article", ("id", anchor), ("class", "al s-\(severity)"),
      ("data-t", alert.time.map { String($0.milliseconds) } ?? ""),
      ("data-p", ShownText.line(ShownText.cut(alert.principal ?? "no principal", to: 300))),
      ("data-r", ruleAnchor), ("data-i", ShownText.cut(alert.id, to: 300)),
      ("data-a", ShownText.cut(alert.first("aws.cloudtrail.user_identity.arn") ?? "", to: 2000)),
      ("data-k", attack))
    html.markup(Self.folded)
    summary(to: &html)
    html.open("div", ("class", "bd"))
    facts(to: &html)
    evidence(to: &html)
    policies(to: &html)
    guide(&html)
    context(to: &html)
    html.open("details", ("class", "raw"))
    html.markup("<summary><h4>Source event</h4></summary>")
    html.element("pre", text: EventText.indented(EventText.event(of: alert)))
    html.close("details")
    html.close("div")
    html.close("details")
    html.close("article")
  }

  private func summary(to html: inout HTMLWriter) {
    html.open("summary")
    html.open("h3")
    html.element("span", ("class", "sv"), text: alert.severity.rawValue)
    html.open("span", ("class", "wh"))
    Self.headline(AlertHeadline(alert), to: &html)
    html.element("span", ("class", "rn"), text: Self.short(alert.ruleName, 120))
    html.close("span")
    html.close("h3")
    html.open("span", ("class", "me"))
    if let time = alert.time {
      html.element("time", ("datetime", time.iso8601), text: Self.time(time))
    }
    if let origin = alert.origin { html.element("bdi", text: "from " + Self.short(origin, 45)) }
    html.close("span")
    html.close("summary")
  }

  /// Writes a headline in its pieces.
  static func headline(_ headline: AlertHeadline, to html: inout HTMLWriter) {
    for (place, piece) in headline.pieces.enumerated() {
      if place > 0 { html.text(" ") }
      switch piece {
      case .words(let text): html.element("i", text: text)
      case .action(let text): html.element("bdi", ("class", "what"), text: short(text, 80))
      case .value(let text): html.element("bdi", text: short(text, 80))
      // The brackets stand outside: what is isolated within cannot turn them round.
      case .target(let text):
        html.open("span", ("class", "on"))
        html.text("(")
        html.element("bdi", text: short(text, 80))
        html.text(")")
        html.close("span")
      }
    }
  }

  private func facts(to html: inout HTMLWriter) {
    html.open("dl", ("class", "facts"))
    for fact in alert.facts {
      html.element("dt", text: fact.label)
      html.open("dd")
      for (place, value) in fact.values.enumerated() {
        if place > 0 { html.text(" · ") }
        html.isolated(ShownText.cut(value))
      }
      html.close("dd")
    }
    html.close("dl")
  }

  private func evidence(to html: inout HTMLWriter) {
    guard let evidence = AlertEvidence(alert) else { return }
    html.open("section", ("class", "ev"))
    html.element("h4", text: "Evidence")
    let sentences = evidence.sentences
    if !sentences.isEmpty { html.element("p") { $0.sentence(sentences.joined(separator: " ")) } }
    let terms = evidence.termLines
    if !terms.isEmpty {
      html.open("ul", ("class", "terms"))
      for term in terms {
        html.open("li")
        html.element("b", text: term.field.isEmpty ? "new" : term.field)
        html.element("code", text: ShownText.cut(term.value))
        if !term.remark.isEmpty { html.element("i") { $0.sentence(term.remark) } }
        html.close("li")
      }
      html.close("ul")
    }
    if let events = evidence.events {
      html.open("ul", ("class", "terms"))
      for event in events.lines {
        html.open("li")
        html.element("b", text: event.time)
        html.element("code", text: ShownText.cut(event.text))
        html.close("li")
      }
      html.close("ul")
    }
    Self.query("Query for the events", evidence.query, to: &html)
    html.close("section")
  }

  private func policies(to html: inout HTMLWriter) {
    for policy in PolicyChange.all(in: alert) {
      html.open("section", ("class", "pol"))
      html.element("h4", text: policy.title)
      if let who = policy.who { html.element("p", ("class", "lead"), text: ShownText.cut(who)) }
      if !policy.flags.isEmpty {
        html.open("ul", ("class", "flags"))
        for flag in policy.flags {
          html.open("li", all: flag.wasBefore ? [("class", "old")] : [])
          html.text(ShownText.cut(flag.sentence))
          html.close("li")
        }
        html.close("ul")
      }
      html.element("p", ("class", "soft")) { $0.sentence(policy.formerSentence) }
      if !policy.difference.isEmpty {
        html.open("div", ("class", "diff"))
        for (sign, line) in policy.difference {
          html.open(sign == "+" ? "ins" : "del")
          html.element("b", text: sign == "+" ? "+" : "−")
          html.element("span", ("class", "vh"), text: sign == "+" ? "added" : "removed")
          if !line.what.isEmpty { html.element("i", text: line.what) }
          html.element("code", text: ShownText.cut(line.text))
          html.close(sign == "+" ? "ins" : "del")
        }
        html.close("div")
      }
      Self.query("Command that sets the former policy again", policy.restore, most: 64_000, to: &html)
      document(
        policy.hasFailed ? "The policy that the call asked for" : "The policy as it is now", policy.document,
        isOpen: policy.difference.isEmpty, to: &html)
      document("The former policy", policy.formerDocument, isOpen: false, to: &html)
      html.close("section")
    }
  }

  private func document(_ title: String, _ text: String?, isOpen: Bool, to html: inout HTMLWriter) {
    guard let text else { return }
    html.open("details", all: isOpen ? [("class", "doc"), ("open", "")] : [("class", "doc")])
    html.element("summary", text: title)
    html.element("pre", text: ShownText.cut(PolicyText.indented(text), to: 40_000))
    html.close("details")
  }

  private func context(to html: inout HTMLWriter) {
    guard let context = AlertContext(alert) else { return }
    html.open("section", ("class", "ctx"))
    html.element("h4", text: "What else this principal did")
    for (when, activity) in context.activities { Self.activity(when, activity, to: &html) }
    if context.alerts.isEmpty {
      if context.alertQuery != nil { html.markup("<p>No other alerts of this principal within 48 hours.</p>") }
    } else {
      html.markup("<p>Other alerts of this principal within 48 hours:</p><ul class=\"rel\">")
      for other in context.alerts {
        html.open("li")
        html.element(
          "span", ("class", "sv s-" + (Severity(rawValue: other.severity)?.rawValue ?? "low")), text: other.severity)
        let words = [ShownText.time(other.time), other.rule, other.what].filter { !$0.isEmpty }.map {
          ShownText.cut($0, to: 200)
        }
        if let anchor = anchorOf(other.id) {
          html.element("a", ("href", "#" + anchor), text: words.joined(separator: " · "))
        } else {
          html.text(words.joined(separator: " · "))
        }
        html.close("li")
      }
      if context.otherAlerts > 0 { html.element("li", text: "and \(context.otherAlerts.grouped) more") }
      html.close("ul")
      Self.query("Query for these alerts", context.alertQuery, to: &html)
    }
    html.close("section")
  }

  private static func activity(_ when: String, _ activity: Activity, to html: inout HTMLWriter) {
    html.element("p") { $0.sentence("\(when): \(activity.sentence)") }
    if !activity.kinds.isEmpty {
      html.open("dl", ("class", "facts"))
      for kind in activity.kinds {
        html.element("dt", text: kind.label)
        html.open("dd")
        // Long values, such as user agents, are read better below each other.
        let isLong = kind.counts.contains { $0.value.utf8.count > 48 }
        for (place, entry) in kind.counts.enumerated() {
          if isLong { html.open("div") } else if place > 0 { html.text(" · ") }
          html.isolated(ShownText.cut(entry.value, to: 300))
          html.text(" ×" + entry.count.grouped)
          if isLong { html.close("div") }
        }
        if kind.others > 0 { html.text("\(isLong ? "" : " · ")\(kind.others.grouped) others") }
        html.close("dd")
      }
      html.close("dl")
    }
    if activity.events > 0 { query("Query for this activity", activity.query, to: &html) }
  }

  static func query(_ title: String, _ query: String?, most: Int = 8000, to html: inout HTMLWriter) {
    guard let query else { return }
    html.open("div", ("class", "q"))
    html.element("span", text: title)
    html.element("pre", text: ShownText.cut(query, to: most))
    html.close("div")
  }

  /// A value for a place where one line has to do.
  static func short(_ text: String, _ limit: Int) -> String {
    let line = ShownText.line(text)
    return line.count > limit ? line.prefix(limit - 1) + "…" : line
  }

  /// A time to the second, for a person.
  static func time(_ time: Timestamp) -> String {
    let text = time.iso8601
    return text.prefix(10) + " " + text.dropFirst(11).prefix(8)
  }
}
