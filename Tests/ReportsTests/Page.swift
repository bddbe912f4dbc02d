import Events
import Foundation
import JSON

@testable import Reports

/// A report as text, and what stands in it, read by a small reader of tags.
struct Page {
  struct Tag: Hashable {
    var name: String
    var attributes: [String: String]
  }

  let text: String

  init(_ page: ReportPage, _ change: (inout ReportContext) -> Void = { _ in }) throws {
    var context = ReportContext(created: Timestamp(milliseconds: 1_767_225_600_000), version: "0.1.0")
    context.files = 3
    context.events = 1234
    change(&context)
    let collected = Collected()
    try page.write(context) { collected.bytes += $0 }
    text = collected.text
  }

  init(_ alerts: [AlertDocument], _ change: (inout ReportContext) -> Void = { _ in }) throws {
    var page = ReportPage()
    for alert in alerts { page.add(alert) }
    try self.init(page, change)
  }

  /// The text between the first `start` and the next `end`.
  func between(_ start: String, _ end: String) -> String? {
    guard let from = text.range(of: start), let to = text.range(of: end, range: from.upperBound..<text.endIndex) else {
      return nil
    }
    return String(text[from.upperBound..<to.lowerBound])
  }

  var tags: [Tag] { Self.tags(of: text) }

  /// The start tags of HTML that is written with all values in double quotes, outside script and style.
  static func tags(of text: String) -> [Tag] {
    var tags: [Tag] = []
    let body = text.replacing(/<style>(?s:.*?)<\/style>/, with: "<style></style>")
      .replacing(/<script>(?s:.*?)<\/script>/, with: "<script></script>")
    for match in body.matches(of: /<([a-zA-Z][a-zA-Z0-9]*)((?:\s+[^\s=>"]+(?:="[^"]*")?)*)\s*\/?>/) {
      var attributes: [String: String] = [:]
      for attribute in match.2.matches(of: /\s+([^\s=>"]+)(?:="([^"]*)")?/) {
        attributes[String(attribute.1)] = attribute.2.map(String.init) ?? ""
      }
      tags.append(Tag(name: String(match.1), attributes: attributes))
    }
    return tags
  }

  /// The elements that a report is made of; any other came out of a value.
  static let elements: Set<String> = [
    "html", "head", "meta", "title", "style", "body", "a", "header", "p", "span", "h1", "h2", "h3", "h4", "h5", "h6",
    "time",
    "svg", "rect", "line", "text", "g", "desc", "ul", "ol", "li", "b", "i", "dl", "div", "dt", "dd", "code", "main",
    "section",
    "figure", "figcaption", "details", "summary", "table", "thead", "tbody", "tr", "th", "td", "bdi", "small", "form",
    "label",
    "input", "fieldset", "legend", "select", "option", "button", "output", "article", "pre", "ins", "del", "strong",
    "em",
    "blockquote", "hr", "footer", "script", "textarea",
  ]

  static let attributes: Set<String> = [
    "lang", "charset", "http-equiv", "content", "name", "class", "href", "rel", "datetime", "viewBox", "role", "x", "y",
    "x1",
    "x2", "y1", "y2", "dy", "width", "height", "text-anchor", "preserveAspectRatio", "aria-hidden", "aria-labelledby",
    "aria-live", "id", "tabindex", "hidden", "for", "type", "placeholder", "autocomplete", "spellcheck", "value",
    "data-t", "data-r", "data-i", "data-a", "data-k", "data-e", "size",
    "data-p", "data-g", "data-u", "open", "scope", "title",
  ]
}
