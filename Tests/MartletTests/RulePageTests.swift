import Foundation
import JSON
import TestSupport
import Testing

struct RulePageTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static let hostile = #"""
    [rule]
    rule_id = "hostile"
    name = "A <script>alert(1)</script> | [x](javascript:alert(2)) `name`"
    description = "Text with <img src=x onerror=alert(3)> and `<code>`."
    tags = ["<b>", "a|b", "*bold*", "line\nbreak", "\u001B[31mred"]
    references = ["javascript:alert(4)", "https://example.org/a?b=c", "https://example.org/ onmouseover=x"]
    severity = "low"
    risk_score = 21
    interval = "5m"
    from = "now-3m"
    type = "query"
    query = "user.name: \"```\" or x: \"\n```\n# heading\n<script>alert(5)</script>\""
    note = """
    # Guide

    `a span
    of code` <script>alert(6)</script> `more`
    [a](JavaScript:alert(7)) [b](https://example.org/) [c]( <data:text/html,x> ) [d](#part) [e](java&#115;cript:x) `[f](vbscript:x)`

    ~~~
    # no heading <b>
    """
    """#

  @Test("The page of an indicator match rule says which fields it compares")
  func compared() throws {
    let page = try Binary(["rules", "docs", "aws_call_from_address_on_list"])
    #expect(page.status == 0)
    #expect(page.output.contains("`source.ip` is `threat.indicator.ip`"), "\(page.output)")
  }

  @Test("Pages and lists say of a rule that does not run that it does not, and lists tell one that is wrong")
  func standing() throws {
    func rule(_ id: String, _ language: String, _ query: String) throws {
      let index = language == "esql" ? "" : "index = [\"logs-*\"]\n"
      let text = """
        [rule]
        rule_id = "\(id)"
        name = "Rule \(id)"
        description = "d"
        severity = "low"
        risk_score = 21
        type = "\(language == "kuery" ? "query" : language)"
        language = "\(language)"
        \(index)query = '''\(query)'''
        """
      try scratch.write(text, "standing/\(id).toml")
    }
    try rule("original", "eql", "any where event.original : \"*x*\"")
    try rule("model", "esql", "FROM logs-* METADATA _id | COMPLETION event.action WITH { \"inference_id\": \"i\" }")
    try rule("wrong", "kuery", "event.action: (a")
    try rule("sound", "kuery", "event.action: a")
    let rules = ["--no-builtin", "--rules", scratch.path + "/standing"]
    for (id, words) in [
      ("original", "no. Elasticsearch refuses the query"), ("model", "no. The query asks a language model"),
      ("wrong", "no. The query cannot be read"), ("sound", "yes"),
    ] {
      let page = try Binary(["rules", "docs", id] + rules).output
      #expect(page.contains("**Runs in Martlet**: \(words)"), "\(page)")
    }
    let list = try Binary(["rules", "list"] + rules)
    for (id, word) in [("original", "not yet"), ("model", "not yet"), ("wrong", "no"), ("sound", "yes")] {
      let row = list.lines.first { $0.hasPrefix(id) } ?? ""
      #expect(row.split(separator: "  ").contains { $0.trimmingCharacters(in: .whitespaces) == word }, "\(list.output)")
    }
  }

  @Test("A page has every section, with the look-back in words")
  func sections() throws {
    let page = try Binary(["rules", "docs", "AWS IAM Assume Role Policy Update"])
    #expect(page.status == 0)
    for wanted in [
      "<a id=\"aws-iam-assume-role-policy-update\"></a>", "# AWS IAM Assume Role Policy Update",
      "**Rule type**: `new_terms`",
      "**Rule indices**:", "- `logs-aws.cloudtrail-*`", "**Severity**: low", "**Risk score**: 21",
      "**Runs every**: 5 minutes (`5m`)",
      "from `now-9m` to `now`: 9 minutes, of which 4 minutes are additional look-back",
      "**Maximum alerts per execution**: 100", "**References**:", "- <https://labs.bishopfox.com/", "**Tags**:",
      "- Tactic: Privilege Escalation", "**Version**: ", "**Rule authors**:", "- Martlet",
      "**Rule licence**: Apache-2.0",
      "## New terms", "- `aws.cloudtrail.user_identity.arn`", "**History from**: `now-14d`: 14 days",
      "## Investigation guide", "### Triage and analysis", "## False positives", "## Setup", "## Rule query (KQL)",
      "```kuery\nevent.dataset", "**Framework**: MITRE ATT&amp;CK", "    - Name: Valid Accounts", "    - ID: TA0004",
      "    - Reference URL: <https://attack.mitre.org/techniques/T1078/>",
    ] {
      #expect(page.output.contains(wanted), "\(wanted)")
    }
    #expect(try Binary(["rules", "docs"]).status == 64)
    #expect(try Binary(["rules", "docs", "no such rule"]).status == 64)
  }

  @Test("Nothing that a rule holds becomes markup of its page")
  func hostile() throws {
    let rule = try scratch.write(Self.hostile, "hostile.toml")
    let page = try Binary(["rules", "docs", "--rules", rule, "hostile"])
    #expect(page.status == 0, "\(page.errors)")
    let text = page.output
    #expect(text.contains("# A &lt;script&gt;alert(1)&lt;/script&gt; \\| \\[x\\](javascript:alert(2)) \\`name\\`"))
    #expect(text.contains("&lt;img src=x") && text.contains("`<code>`"))
    #expect(text.contains("- javascript:alert(4)\n") && text.contains("- <https://example.org/a?b=c>\n"))
    #expect(text.contains("- https://example.org/ onmouseover=x\n"))
    #expect(text.contains("- line break\n") && !text.contains("\u{1B}"))
    // The query stays one block, the guide's open block is closed, and its script is none.
    #expect(text.contains("````kuery\n") && text.contains("&lt;script>alert(6)"))
    #expect(text.contains("~~~\n# no heading <b>\n~~~\n"))
    #expect(text.contains("`a span\nof code`"))
    #expect(
      text.contains(
        "[a]\\(JavaScript:alert(7)) [b](https://example.org/) [c]\\( &lt;data:text/html,x> ) [d](#part) "
          + "[e]\\(java&#115;cript:x) `[f](vbscript:x)`"))
    #expect(text.contains("2 minutes of every 5 minutes are not searched"))
    let outside = text.components(separatedBy: "````").enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      .joined()
    #expect(!outside.contains("<script"))
  }

  @Test("All pages have an index; pages that were made are made again, those that somebody wrote stay")
  func index() throws {
    let rule = try scratch.write(Self.hostile, "hostile.toml")
    let twin = try scratch.write(Self.hostile.replacing("\"hostile\"", with: "\"twin\""), "twin.toml")
    let out = scratch.path + "/pages"
    let all = ["rules", "docs", "--all", "--no-builtin", "--rules", rule, "--rules", twin, "--out", out]
    #expect(try Binary(all).status == 0)
    #expect(try Binary(all).status == 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
    #expect(
      files == [
        "a-script-alert-1-script-x-javascript-alert-2-name-2.md",
        "a-script-alert-1-script-x-javascript-alert-2-name.md",
        "index.md",
      ])
    let index = try String(contentsOfFile: out + "/index.md", encoding: .utf8)
    let rows = index.split(separator: "\n").filter { $0.hasPrefix("| [") }
    #expect(rows.count == 2)
    #expect(rows.allSatisfy { $0.replacing("\\|", with: "").split(separator: "|").count == 5 })
    #expect(rows.contains { $0.contains("](\(files[1])) |") })
    // A page of a rule that there is no more stays, and is told.
    let fewer = ["rules", "docs", "--all", "--no-builtin", "--rules", rule, "--out", out]
    let left = try Binary(fewer)
    #expect(
      left.status == 0 && left.errors.contains("1 page of rules that are not among these is left"), "\(left.errors)")
    #expect(try Binary(fewer + ["-v"]).errors.contains(files[0]) && !(try Binary(all).errors.contains("is left")))
    try scratch.write("mine", "pages/\(files[1])")
    let refused = try Binary(all)
    #expect(refused.status == 1 && refused.errors.contains(files[1]))
    #expect(try String(contentsOfFile: out + "/" + files[1], encoding: .utf8) == "mine")
    #expect(try Binary(["rules", "docs", "--all"]).status == 64)
  }
}
