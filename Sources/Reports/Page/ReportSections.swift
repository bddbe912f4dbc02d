import Events
import Foundation
import Hashing
import Rules

/// What stands around the alerts of a report.
struct ReportSections {
  let page: ReportPage
  let context: ReportContext

  /// Alerts up to which all guides are printed; of more, those that stand open.
  private static let fewAlerts = 25

  func begin(_ html: inout HTMLWriter) {
    html.markup("<!DOCTYPE html>\n")
    html.markup(ReportFile.mark)
    html.markup("\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
    html.open("meta", ("http-equiv", "Content-Security-Policy"), ("content", Self.policy))
    html.markup("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
    html.markup("<meta name=\"referrer\" content=\"no-referrer\"><meta name=\"color-scheme\" content=\"light dark\">")
    html.element("title", text: "\(ReportWords(page, context).headline) – Martlet report")
    html.markup("<style>")
    html.markup(PageStyle.css)
    html.markup("</style></head>")
    html.open("body", all: page.count <= Self.fewAlerts ? [("class", "few")] : [])
    html.markup("<a class=\"skip\" href=\"#alerts\">Skip to the alerts</a>")
    head(&html)
    html.open("main")
    html.markup("<section id=\"alerts\" aria-labelledby=\"alerts-h\" tabindex=\"-1\"><h2 id=\"alerts-h\">Alerts</h2>")
    if page.leftOut > 0 {
      html.element(
        "p", ("class", "note"),
        text:
          "\((page.count - page.leftOut).grouped) of \(page.count.grouped) alerts stand below, the gravest first to be "
          + "kept; \(page.leftOut.grouped) are counted above but left out. A hunt over less time or fewer rules, or the "
          + "format ndjson, has them.")
    }
    html.markup(PageScript.toolbar)
    if page.count == 0 { html.element("p", ("class", "none"), text: ReportWords(page, context).none) }
  }

  /// What follows the alerts: pictures, tables, and the rules.
  func middle(_ html: inout HTMLWriter) {
    html.markup("<p class=\"none\" id=\"nothing\" hidden>No alert fits the filter.</p></section>")
    ReportTimeline(page: page, context: context).write(to: &html)
    matrix(&html)
    ReportTables(page: page, context: context).write(to: &html)
    if page.count > 0 {
      html.markup("<section id=\"rules\" aria-labelledby=\"about-h\"><h2 id=\"about-h\">About the rules</h2>")
    }
  }

  func end(_ html: inout HTMLWriter) {
    if page.count > 0 { html.markup("</section>") }
    html.markup("</main><footer>")
    html.element(
      "p",
      text: "Made by Martlet \(context.version) at \(AlertArticle.time(context.created)) UTC. Times are in UTC. "
        + "The page is complete in itself and sends nothing; notes and boxes that are checked are kept in the browser.")
    html.markup("</footer><script>")
    html.markup(PageScript.code)
    html.markup("</script></body></html>\n")
  }

  private func head(_ html: inout HTMLWriter) {
    html.markup("<header class=\"top\"><p class=\"brand\">Martlet <span>hunt report</span></p>")
    html.open("h1")
    let words = ReportWords(page, context)
    html.text(words.headline)
    html.element("span", text: words.base)
    html.close("h1")
    if let first = context.earliest, let last = context.latest {
      html.open("p", ("class", "span"))
      html.element("time", ("datetime", first.iso8601), text: AlertArticle.time(first))
      html.text(" to ")
      html.element("time", ("datetime", last.iso8601), text: AlertArticle.time(last))
      html.text(" UTC")
      html.close("p")
    }
    asked(words, &html)
    severities(&html)
    html.open("dl", ("class", "key"))
    func figure(_ label: String, _ value: String) {
      html.element("div") { html in
        html.element("dt", text: label)
        html.element("dd", text: value)
      }
    }
    if !context.isOfSavedAlerts {
      figure("Events", context.events.grouped)
      figure("Files", context.files.grouped)
      figure("Rules", context.rules.count.grouped)
    }
    figure("Rules that fired", page.rules.count.grouped)
    figure("Principals", page.principals.count.grouped)
    figure("Input problems", max(context.unread, context.problems.count).grouped)
    html.close("dl")
    if !context.inputs.isEmpty {
      html.open("p", ("class", "inputs"))
      html.text(context.isOfSavedAlerts ? "Saved in: " : context.nothing == nil ? "Searched: " : "Named: ")
      for (place, input) in context.inputs.prefix(20).enumerated() {
        if place > 0 { html.text(", ") }
        html.element("code", text: ShownText.cut(input, to: 300))
      }
      if context.inputs.count > 20 { html.text(" and \(context.inputs.count - 20) more") }
      if context.duplicates > 0 { html.text(" (\(context.duplicates.grouped) duplicates left out)") }
      html.close("p")
    }
    html.close("header")
  }

  /// What was asked for, what that left out, and what was not looked at.
  private func asked(_ words: ReportWords, _ html: inout HTMLWriter) {
    if !context.asked.isEmpty {
      html.open("p", ("class", "asked"))
      html.text("Asked for: ")
      for (place, option) in context.asked.prefix(50).enumerated() {
        if place > 0 { html.text(", ") }
        html.element("code", text: ShownText.cut(option, to: 300))
      }
      if context.asked.count > 50 { html.text(" and \(context.asked.count - 50) more") }
      html.text(". " + words.notAsked)
      html.close("p")
    }
    let overlooked = words.overlooked
    guard !overlooked.isEmpty else { return }
    html.open("p", ("class", "note unread"))
    html.element("b", text: "Not everything was looked at: ")
    html.text(overlooked.joined(separator: "; ") + ".")
    html.close("p")
  }

  /// The alerts by severity, as a bar and as words.
  private func severities(_ html: inout HTMLWriter) {
    guard page.count > 0 else { return }
    html.open(
      "svg", ("class", "sevbar"), ("viewBox", "0 0 1000 10"), ("preserveAspectRatio", "none"), ("aria-hidden", "true"))
    var x = 0.0
    for severity in Severity.allCases.reversed() {
      guard let count = page.counts[severity], count > 0 else { continue }
      let width = 1000 * Double(count) / Double(page.count)
      html.open(
        "rect", ("class", "f-\(severity.rawValue)"), ("x", String(Int(x))), ("y", "0"),
        ("width", String(Int(width) + 1)),
        ("height", "10"))
      html.close("rect")
      x += width
    }
    html.close("svg")
    html.open("ul", ("class", "sevs"))
    for severity in Severity.allCases.reversed() {
      guard let count = page.counts[severity], count > 0 else { continue }
      html.open("li", ("class", "s-\(severity.rawValue)"))
      html.element("b", text: count.grouped)
      html.text(" " + severity.rawValue)
      html.close("li")
    }
    html.close("ul")
  }

  private func matrix(_ html: inout HTMLWriter) {
    guard !page.matrix.isEmpty else { return }
    html.markup("<section aria-labelledby=\"attack-h\"><h2 id=\"attack-h\">MITRE ATT&amp;CK</h2>")
    page.matrix.write(to: &html)
    html.markup("</section>")
  }

  /// Nothing is fetched, and only this program's own style and script apply.
  static var policy: String {
    "default-src 'none'; style-src '\(hash(PageStyle.css))'; script-src '\(hash(PageScript.code))'; "
      + "base-uri 'none'; form-action 'none'"
  }

  private static func hash(_ text: StaticString) -> String {
    let digest = text.withUTF8Buffer { SHA256.digest(of: UnsafeRawBufferPointer($0)) }
    return "sha256-" + Data(digest.bytes).base64EncodedString()
  }
}
