import Foundation
import Hashing
import JSON
import Testing

@testable import Reports

@Suite("The page of a report")
struct ReportPageTests {
  @Test("A page tells what was searched, what fired, and every alert with all that explains it")
  func content() throws {
    let page = try Page([Sample.document()]) { context in
      context.inputs = ["AWSLogs/"]
      context.rules = [.init(id: "q", name: "Quiet rule", severity: .low, executions: 1, alerts: 0)]
      context.warnings = ["Loud rule: cut"]
      context.problems = ["torn.json.gz: broken JSON"]
    }
    for words in [
      "<h1>1 alert<span> in 1,234 events</span></h1>", "<code>AWSLogs/</code>", "1 rule found nothing", "Quiet rule",
      "Loud rule: cut", "torn.json.gz: broken JSON", "Privilege Escalation", "T1078.004",
      "arn:aws:iam::111122223333:user/alice",
      "found 3 events that the rule asks for", "never seen before", "Trust policy of role ops in account 111122223333",
      "<code>sts:ExternalId</code>", "<code>account 444455556666</code>", "Admits another account",
      "aws iam update-assume-role-policy --role-name ops", "iam.amazonaws.com ×1,100", "2 others", "Other rule",
      "<input type=\"checkbox\">", "<code>user.name</code> (<code>alice</code>)",
      "Somebody changed who may assume a role.",
      "href=\"https://docs.example.com/trust\"", "&quot;", "A bar for each",
    ] where words != "&quot;" {
      #expect(page.text.contains(words), "\(words)")
    }
    #expect(!page.text.contains("href=\"javascript:"))
  }

  @Test(
    "A page says what was asked for, what that left out and what was not looked at, and never just “No alerts” then")
  func asked() throws {
    let bare = try Page([])
    #expect(bare.text.contains("<h1>No alerts<span> in 1,234 events</span></h1>"))
    #expect(bare.text.contains("No rule found anything.") && !bare.text.contains("Not everything was looked at"))
    let filtered = try Page([]) { context in
      context.asked = ["--min-severity high", "--tag '<b>'"]
      context.alertsNotAsked = 1200
      context.rulesNotAsked = 3
    }
    for words in [
      "<title>No alerts that fit what was asked for",
      "<h1>No alerts that fit what was asked for<span> in 1,234 events</span></h1>",
      "Asked for: <code>--min-severity high</code>, <code>--tag '&lt;b&gt;'</code>. 1,200 alerts are left out",
      "3 further rules did not run", "None of 1,200 alerts is what was asked for.",
    ] { #expect(filtered.text.contains(words), "\(words)") }
    #expect(!filtered.text.contains("No rule found anything"))
    let saved = try Page([Sample.document()]) { context in
      context.isOfSavedAlerts = true
      context.asked = ["--tag x"]
      context.alertsNotAsked = 4
      context.alertsWithoutRoom = 2
    }
    #expect(saved.text.contains("<h1>1 alert<span> of 7 that were saved</span></h1>"))
    #expect(saved.text.contains("4 alerts are left out by it.") && saved.text.contains("2 alerts beyond what a report"))
    let partly = try Page([]) { context in
      context.unread = 5
      context.problems = ["torn.json.gz: broken JSON"]
      context.rulesNotRun = 1
      context.rulesUnread = 2
      context.warnings = ["Quiet rule does not take part"]
    }
    for words in [
      "in 1,234 events that could be read", "Not everything was looked at: ", "5 pieces of the input could not be read",
      "1 rule took no part", "2 errors in rules", "No rule found anything in what was looked at.", "<dd>5</dd>",
    ] { #expect(partly.text.contains(words), "\(words)") }
    let nothing = try Page([]) { $0.nothing = "no rule can run" }
    #expect(nothing.text.contains("<h1>Nothing was hunted<span>: no rule can run</span></h1>"))
    #expect(!nothing.text.contains("No alerts") && !nothing.text.contains("No rule found"))
  }

  @Test("A page has nothing from elsewhere, and its policy allows its own style and script alone")
  func selfContained() throws {
    let page = try Page([Sample.document()])
    #expect(page.tags.allSatisfy { $0.attributes["src"] == nil && $0.attributes["style"] == nil })
    #expect(page.tags.filter { $0.name == "script" }.count == 1)
    #expect(!page.tags.contains { ["link", "img", "iframe", "object", "base", "embed"].contains($0.name) })
    let policy = try #require(page.tags.first { $0.attributes["http-equiv"] != nil }?.attributes["content"])
    #expect(policy.hasPrefix("default-src &#39;none&#39;; "))
    for (part, directive) in [("style", "style-src"), ("script", "script-src")] {
      let code = try #require(page.between("<\(part)>", "</\(part)>"))
      let digest = Array(code.utf8).withUnsafeBytes { SHA256.digest(of: $0) }
      let hash = Data(digest.bytes).base64EncodedString()
      #expect(policy.contains("\(directive) &#39;sha256-\(hash)&#39;"))
    }
    #expect(!policy.contains("unsafe"))
  }

  @Test("Links within a page lead somewhere, anchors are there once, headings leave no level out")
  func structure() throws {
    let related = try Sample.changed(["kibana.alert.uuid": "feedbeef", "kibana.alert.rule.rule_id": "rule-2"])
    let page = try Page([Sample.document(), related])
    let ids = page.tags.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    let targets = page.tags.compactMap { $0.attributes["href"] }.filter { $0.hasPrefix("#") }
    #expect(targets.contains("#a-feedbeef"))
    for target in targets { #expect(ids.contains(String(target.dropFirst())), "\(target)") }
    for label in page.tags.compactMap({ $0.attributes["aria-labelledby"] }) { #expect(ids.contains(label)) }
    var last = 0
    for tag in page.tags where tag.name.count == 2 && tag.name.hasPrefix("h") {
      guard let level = Int(tag.name.dropFirst()) else { continue }
      #expect(level <= last + 1, "h\(level) after h\(last)")
      last = level
    }
  }

  @Test("Every value is escaped: no element and no attribute comes out of a log")
  func escaped() throws {
    let alerts = try FormatTests.hostile.map { value in
      let json = JSONValue.string(value)
      return try Sample.changed([
        "kibana.alert.uuid": json, "user": ["name": json], "event": ["action": json, "id": json],
        "source": ["ip": json],
        "kibana.alert.rule.name": json, "kibana.alert.rule.rule_id": json, "kibana.alert.new_terms": [json],
        "kibana.alert.rule.references": [json], "kibana.alert.original_time": json, value.isEmpty ? "x" : value: json,
        "kibana.alert.rule.threat": [
          ["tactic": ["id": json, "name": json], "technique": [["id": json, "name": json]]]
        ],
        "martlet": [
          "guide": .string("- Read `x` (`\(value)`) \(value)\n"),
          "evidence": [
            "terms": [["field": json, "value": json, "last_seen": json]], "query": json, "scheduled": json,
          ],
          "policies": [
            [
              "kind": json, "added": [["what": json, "text": json]], "flags": [["id": json, "text": json]],
              "document": json,
            ]
          ],
          "context": ["principal": ["value": json], "alerts": [["id": json, "rule": json, "severity": json]]],
        ],
      ])
    }
    let page = try Page(alerts) { $0.problems = FormatTests.hostile }
    for tag in page.tags {
      #expect(Page.elements.contains(tag.name), "\(tag)")
      #expect(Set(tag.attributes.keys).isSubset(of: Page.attributes), "\(tag)")
      if let link = tag.attributes["href"] { #expect(link.hasPrefix("#") || !link.contains("javascript"), "\(tag)") }
    }
    #expect(!page.text.unicodeScalars.contains { $0 != "\n" && $0 != "\t" && ShownText.isInvisible($0) })
  }

  @Test("A link in a guide is one only when the rule's own guide has it")
  func links() throws {
    let alert = try Sample.changed([
      "martlet": ["guide": "See [the manual](https://docs.example.com/manual) and [this](https://evil.example/)."]
    ])
    let page = try Page([alert])
    #expect(
      page.text.contains("<a href=\"https://docs.example.com/manual\" rel=\"noopener noreferrer\">the manual</a>"))
    #expect(page.text.contains("this (https://evil.example/)"))
  }

  @Test("Where guides are many, an alert has the steps that differ, and the rule has them all")
  func shortGuides() throws {
    var page = ReportPage(guideBytes: 0)
    for number in 0..<3 { page.add(try Sample.numbered(number)) }
    let text = try Page(page).text
    // The first guide uses the room up.
    #expect(text.components(separatedBy: "data-g=\"r-1-g\"").count == 3)
    #expect(text.components(separatedBy: "<li data-u=\"1\">").count == 4)
    #expect(text.contains("id=\"r-1-g\""))
    let whole = GuideSteps(MarkdownParser.blocks("## A\n\n- x `a`\n- y\n"), links: [])
    let other = GuideSteps(MarkdownParser.blocks("## A\n\n- x `b`\n- y\n"), links: [])
    #expect(whole.differences(from: other) == [1])
    #expect(whole.differences(from: GuideSteps(MarkdownParser.blocks("## A\n\n- x\n"), links: [])) == nil)
  }

  @Test("Steps can be checked off; what may be harmless is only told")
  func steps() {
    let steps = GuideSteps(
      MarkdownParser.blocks("## Steps\n\n- one\n- two\n\n## False positive analysis\n\n- three\n"), links: [])
    #expect(steps.steps == 2)
    var html = HTMLWriter()
    steps.write(marked: false, to: &html)
    #expect(String(decoding: html.bytes, as: UTF8.self).components(separatedBy: "checkbox").count == 3)
  }

  @Test("Beyond its bound a page keeps the gravest alerts, counts all, and says how many are left out")
  func bounded() throws {
    var page = ReportPage(guideBytes: 0, mostAlerts: 3)
    for number in 0..<4 { page.add(try Sample.numbered(number, severity: "low")) }
    for number in 4..<6 { page.add(try Sample.numbered(number, severity: "high", rule: "rule-2")) }
    let text = try Page(page).text
    #expect(text.contains("<h1>6 alerts<span>"))
    #expect(text.contains("3 of 6 alerts stand below"))
    #expect(text.contains("3 are counted above but left out"))
    for (number, isKept) in [(0, true), (1, false), (2, false), (3, false), (4, true), (5, true)] {
      #expect(text.contains("<article id=\"a-id-\(number)\"") == isKept, "\(number)")
    }
  }

  @Test("Enormous values are cut, and said to be")
  func enormous() throws {
    let long = String(repeating: "é<", count: 250_000)
    let page = try Page([
      Sample.changed(["user": ["name": .string(long)], "list": .array(Array(repeating: 1, count: 5000))])
    ])
    #expect(page.text.utf8.count < 200_000)
    #expect(page.text.contains("… (cut: 500,000 characters)"))
    #expect(page.text.contains("… 4500 more elements"))
  }

  @Test("A page without alerts says so")
  func empty() throws {
    let page = try Page([])
    #expect(page.text.contains("<h1>No alerts<span> in 1,234 events</span></h1>"))
    #expect(page.text.contains("No rule found anything."))
  }
}
