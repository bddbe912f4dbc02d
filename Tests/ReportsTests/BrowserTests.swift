import Foundation
import JSON
import TestSupport
import Testing

@testable import Reports

@Suite("A report in a browser", .enabled(if: Browser.path != nil, "no Chromium is installed"), .serialized)
struct BrowserTests {
  /// Each tries to leave a mark on the document in its own way.
  private static let attacks = [
    "<script>document.title='owned'</script>", "</script><script>document.title='owned'</script>",
    "</style><script>document.title='owned'</script>", "<img src=x onerror=\"document.title='owned'\">",
    "\"><svg onload=\"document.title='owned'\">", "' autofocus onfocus='document.title=\"owned\"' x='",
    "\" autofocus tabindex=0 onfocus=\"document.title='owned'\" x=\"",
    "</title><script>document.title='owned'</script>",
    "--><script>document.title='owned'</script><!--", "]]><script>document.title='owned'</script>",
    "</pre></details></article><iframe srcdoc=\"<script>parent.document.title='owned'</script>\"></iframe>",
    "<base href=https://evil.example/>", "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "&lt;script&gt;document.title='owned'&lt;/script&gt;", "<form action=https://evil.example/><button>",
  ]

  private func open(_ page: Page) throws -> String {
    let scratch = try Scratch()
    return try Browser.document(of: scratch.write(page.text.utf8, "report.html"))
  }

  @Test("Hostile values stay text: no element of theirs is made and no script of theirs runs")
  func hostile() throws {
    let alerts = try (Self.attacks + FormatTests.hostile).map { value in
      let json = JSONValue.string(value)
      return try Sample.changed([
        "kibana.alert.uuid": json, "user": ["name": json], "event": ["action": json], "source": ["address": json],
        "kibana.alert.rule.name": json, "kibana.alert.rule.rule_id": json, "kibana.alert.rule.description": json,
        "kibana.alert.rule.note": json, "kibana.alert.new_terms": [json], value.isEmpty ? "x" : value: json,
        "martlet": [
          "guide": .string("- Read `x` (`\(value)`) \(value)\n"), "context": ["principal": ["value": json]],
          "policies": [["kind": json, "added": [["what": json, "text": json]], "who": json]],
        ],
      ])
    }
    let dom = try open(Page(alerts) { $0.inputs = Self.attacks })
    #expect(dom.contains("<title>\(alerts.count) alerts – Martlet report</title>"))
    let tags = Page.tags(of: dom)
    #expect(tags.filter { $0.name == "article" }.count == alerts.count)
    #expect(tags.filter { $0.name == "script" }.count == 1)
    for tag in tags {
      #expect(Page.elements.contains(tag.name), "\(tag)")
      #expect(tag.attributes.keys.allSatisfy { !$0.hasPrefix("on") && $0 != "src" && $0 != "srcdoc" }, "\(tag)")
    }
  }

  @Test("The page's own script runs under its policy, and shows the filter")
  func script() throws {
    let dom = try open(Page([Sample.numbered(1), Sample.numbered(2, severity: "low")]))
    let bar = try #require(Page.tags(of: dom).first { $0.attributes["id"] == "bar" })
    #expect(bar.attributes["hidden"] == nil)
    #expect(dom.contains(">2 alerts</output>"))
    #expect(dom.contains("<input type=\"checkbox\">low"))
  }
}
