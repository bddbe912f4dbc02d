import Rules

/// A rule of a report, with how often it fired.
struct ReportRule {
  let facts: RuleFacts
  let number: Int
  let guide: GuideSteps
  /// Addresses that the rule's own guide links to.
  let links: Set<String>
  private(set) var total = 0
  private(set) var highest = Severity.low
  private(set) var bySeverity: [Severity: Int] = [:]

  var anchor: String { "r-\(number)" }

  init(_ facts: RuleFacts, number: Int) {
    self.facts = facts
    self.number = number
    let blocks = MarkdownParser.blocks(facts.guide ?? "")
    links = WebLink.links(in: blocks)
    guide = GuideSteps(blocks, links: links)
  }

  mutating func count(_ severity: Severity) {
    total += 1
    highest = max(highest, severity)
    bySeverity[severity, default: 0] += 1
  }

  /// Writes the rule's section, with its guide, which alerts refer to.
  func write(to html: inout HTMLWriter) {
    html.open(
      "section", ("class", "rule"), ("id", anchor), ("aria-labelledby", anchor + "-h"),
      ("data-i", ShownText.cut(facts.id, to: 300)))
    html.open("header")
    html.open("h3", ("id", anchor + "-h"))
    html.element("span", ("class", "sv s-\(highest.rawValue)"), text: highest.rawValue)
    html.element("bdi", text: AlertArticle.short(facts.name, 200))
    html.element("small", text: total == 1 ? "1 alert" : "\(total.grouped) alerts")
    html.close("h3")
    if let description = facts.description { html.element("p", text: ShownText.cut(description)) }
    html.open("details", ("class", "about"))
    html.markup("<summary>About this rule</summary>")
    about(to: &html)
    html.close("details")
    if !guide.pieces.isEmpty {
      html.open("details", ("class", "guide"), ("id", anchor + "-g"))
      html.open("summary")
      html.element("h4", text: "Investigation guide")
      html.text(guide.steps == 1 ? " 1 step" : " \(guide.steps) steps")
      html.close("summary")
      html.open("div", ("class", "gd"))
      guide.write(marked: true, to: &html)
      html.close("div")
      html.close("details")
    }
    html.close("header")
    html.close("section")
  }

  private func about(to html: inout HTMLWriter) {
    html.open("dl", ("class", "facts"))
    for fact in facts.facts {
      html.element("dt", text: fact.label)
      html.element("dd", text: fact.values.joined(separator: ", "))
    }
    html.close("dl")
    AlertArticle.query("Query", facts.query, to: &html)
    if !facts.threats.isEmpty {
      html.element("h4", text: "MITRE ATT&CK")
      html.open("ul")
      for threat in facts.threats {
        let names = ["\(threat.tactic) (\(threat.tacticID))"] + threat.techniques.map { "\($0.name) (\($0.id))" }
        html.element("li", text: names.joined(separator: ", "))
      }
      html.close("ul")
    }
    if !facts.falsePositives.isEmpty {
      html.element("h4", text: "False positives")
      html.open("ul")
      let markdown = MarkdownHTML(links: links)
      for text in facts.falsePositives { html.element("li") { markdown.blocks(text, to: &$0) } }
      html.close("ul")
    }
    if !facts.references.isEmpty {
      html.element("h4", text: "References")
      html.open("ul")
      for reference in facts.references {
        html.open("li")
        if WebLink.isWeb(reference) {
          html.element("a", ("href", reference), ("rel", "noopener noreferrer"), text: reference)
        } else {
          html.text(reference)
        }
        html.close("li")
      }
      html.close("ul")
    }
  }

  static func writeGuide(_ steps: GuideSteps, to html: inout HTMLWriter) {
    html.open("details", ("class", "guide"))
    html.open("summary")
    html.element("h4", text: "Investigation guide")
    html.text(steps.steps == 1 ? " 1 step" : " \(steps.steps) steps")
    html.close("summary")
    html.open("div", ("class", "gd"))
    steps.write(marked: false, to: &html)
    html.close("div")
    html.close("details")
  }

  /// The steps that hold the alert's values, and where the others are.
  func writeShortGuide(_ steps: GuideSteps, _ places: [Int], to html: inout HTMLWriter) {
    html.open("details", ("class", "guide"), ("data-g", anchor + "-g"))
    html.open("summary")
    html.element("h4", text: "Investigation guide")
    html.text(steps.steps == 1 ? " 1 step" : " \(steps.steps) steps")
    html.close("summary")
    html.open("div", ("class", "gd"))
    html.open("p", ("class", "soft"))
    html.text(places.isEmpty ? "This guide stands once, " : "What holds this alert's values; the rest stands once, ")
    html.element("a", ("href", "#\(anchor)-g"), text: "with its rule")
    html.text(".")
    html.close("p")
    steps.write(places, marked: true, to: &html)
    html.close("div")
    html.close("details")
  }
}
