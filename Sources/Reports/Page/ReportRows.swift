import Events
import Outputs
import Rules

/// The alerts of a report by time, alike ones folded into one row as in the table.
struct ReportRows {
  private let entries: [ReportPage.Entry]
  private let isOpen: Bool

  init(_ entries: [ReportPage.Entry], isOpen: Bool) {
    self.entries = entries
    self.isOpen = isOpen
  }

  /// Writes the rows in pieces of UTF-8.
  func write(to output: ([UInt8]) throws -> Void) throws {
    var html = HTMLWriter()
    html.open("div", ("class", "list"), ("id", "rows"))
    try output(html.bytes)
    for row in AlertFolding.rows(entries.map(\.line)) {
      html = HTMLWriter()
      html.open("div", ("class", row.count > 1 ? "one fold" : "one"))
      if row.count > 1 {
        html.open("details", all: isOpen ? [("class", "fo"), ("open", "")] : [("class", "fo")])
        summary(row, to: &html)
      }
      try output(html.bytes)
      for place in row.members {
        try output(isOpen ? AlertArticle.opened(entries[place].html) : entries[place].html)
      }
      html = HTMLWriter()
      if row.count > 1 { html.close("details") }
      html.close("div")
      try output(html.bytes)
    }
    html = HTMLWriter()
    html.close("div")
    try output(html.bytes)
  }

  private func summary(_ row: AlertRow, to html: inout HTMLWriter) {
    html.open("summary")
    html.element("span", ("class", "sv s-\(row.first.severity.rawValue)"), text: row.first.severity.rawValue)
    html.text(" ")
    html.element("b", ("class", "x"), text: "\(row.count.grouped) alike")
    html.text(" ")
    html.element("bdi", text: AlertArticle.short(row.first.rule, 120))
    html.text(": ")
    let hasFailed = row.first.outcome == "failure"
    if row.actions.values.count == 1 {
      html.open("span", ("class", "wh"))
      AlertArticle.headline(
        AlertHeadline(
          actor: row.first.who, action: row.actions.values[0], target: row.targets.text,
          failure: hasFailed ? AlertHeadline.Failure(row) : nil), to: &html)
      html.close("span")
    } else {
      html.element("bdi", text: AlertArticle.short(row.actions.text ?? "event", 80))
      if let who = row.first.who {
        html.text(" by ")
        html.element("bdi", text: AlertArticle.short(who, 80))
      }
      if hasFailed { html.text(", which failed") }
    }
    if let first = row.first.time, let latest = row.latest {
      html.element("span", ("class", "me"), text: "\(AlertArticle.time(first)) to \(AlertArticle.time(latest))")
    }
    html.close("summary")
  }
}
