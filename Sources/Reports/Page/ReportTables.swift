import Rules

/// The tables of a report: who, which rules, what went wrong.
struct ReportTables {
  let page: ReportPage
  let context: ReportContext

  /// Rows that stand in the open; the others are folded away.
  private static let openRows = 12

  func write(to html: inout HTMLWriter) {
    if page.count > 0 {
      html.markup("<div class=\"pair\">")
      principals(&html)
      rules(&html)
      html.markup("</div>")
    }
    quietRules(&html)
    lines(ReportWords.limits, context.warnings, "warn", &html)
    lines(ReportWords.problems, context.problems, "prob", &html)
  }

  private func principals(_ html: inout HTMLWriter) {
    html.markup("<section class=\"who\" aria-labelledby=\"who-h\"><h2 id=\"who-h\">Who</h2>")
    let ordered = page.principals.ordered
    rows(ordered.count, ["Principal", "Alerts", "Rules", "First alert"], &html) { place, html in
      let entry = ordered[place]
      html.open("th", ("scope", "row"))
      Self.dot(entry.highest, &html)
      html.element("bdi", ("class", "p"), text: entry.name)
      html.close("th")
      html.element("td", ("class", "n"), text: entry.alerts.grouped)
      html.element("td", ("class", "n"), text: entry.rules.count.grouped)
      html.open("td")
      html.element("a", ("href", "#" + entry.anchor), text: entry.first ?? "to it")
      html.close("td")
    }
    if page.principals.others > 0 {
      html.element("p", ("class", "soft"), text: "\(page.principals.others.grouped) alerts of further principals.")
    }
    html.markup("</section>")
  }

  private func rules(_ html: inout HTMLWriter) {
    html.markup("<section aria-labelledby=\"rules-h\"><h2 id=\"rules-h\">Rules that fired</h2>")
    let ordered = page.orderedRules
    rows(ordered.count, ["Rule", "Alerts"], &html) { place, html in
      let rule = ordered[place]
      html.open("th", ("scope", "row"))
      Self.dot(rule.highest, &html)
      html.element("a", ("href", "#" + rule.anchor), text: AlertArticle.short(rule.facts.name, 200))
      html.close("th")
      html.element("td", ("class", "n"), text: rule.total.grouped)
    }
    html.markup("</section>")
  }

  /// A dot in a severity's colour, which is said too.
  private static func dot(_ severity: Severity, _ html: inout HTMLWriter) {
    html.element("span", ("class", "dot s-\(severity.rawValue)"), ("title", severity.rawValue)) { html in
      html.element("span", ("class", "vh"), text: severity.rawValue + ": ")
    }
  }

  private func rows(
    _ count: Int, _ titles: [String], _ html: inout HTMLWriter, row: (Int, inout HTMLWriter) -> Void
  ) {
    func table(_ range: Range<Int>, _ html: inout HTMLWriter) {
      html.markup("<div class=\"scroll\"><table><thead><tr>")
      for title in titles { html.element("th", ("scope", "col"), text: title) }
      html.markup("</tr></thead><tbody>")
      for place in range {
        html.open("tr")
        row(place, &html)
        html.close("tr")
      }
      html.markup("</tbody></table></div>")
    }
    table(0..<min(count, Self.openRows), &html)
    let last = min(count, 1000)
    if last > Self.openRows {
      html.markup("<details class=\"about\">")
      html.element("summary", text: "\((last - Self.openRows).grouped) more")
      table(Self.openRows..<last, &html)
      if count > last { html.element("p", ("class", "soft"), text: "And \((count - last).grouped) further ones.") }
      html.markup("</details>")
    }
  }

  private func quietRules(_ html: inout HTMLWriter) {
    let quiet = context.rules.filter { $0.alerts == 0 }
    guard !quiet.isEmpty else { return }
    html.markup("<details class=\"about\">")
    html.element(
      "summary", text: quiet.count == 1 ? "1 rule found nothing" : "\(quiet.count.grouped) rules found nothing")
    html.open("ul", ("class", "cols"))
    for rule in quiet { html.element("li", text: rule.name) }
    html.close("ul")
    html.markup("</details>")
  }

  private func lines(_ title: String, _ lines: [String], _ style: String, _ html: inout HTMLWriter) {
    guard !lines.isEmpty else { return }
    html.open("section", ("class", "lines " + style))
    html.element("h2", text: title)
    html.open("ul")
    for line in lines.prefix(500) { html.element("li", text: ShownText.cut(line, to: 1000)) }
    if lines.count > 500 { html.element("li", text: "and \((lines.count - 500).grouped) more") }
    html.close("ul")
    html.close("section")
  }
}
