import Events
import TestSupport
import Testing

@testable import Detection

struct GuideTemplateTests {
  @Test(
    "The time that a guide takes grows with its length",
    arguments: ["{{", "{{ ", "{{a", "{{a }", "`user.name` ", "{{user.name}} ", "`a ``b` ", "`user.name` of "])
  func linear(unit: String) {
    let grown = growth(250) { count in
      _ = Self.render(String(repeating: unit, count: count) + "{{user.name}}")
    }
    #expect(grown < linearGrowth)
  }

  private static let values: [String: [String]] = [
    "user.name": ["alice"], "source.ip": ["192.0.2.1", "192.0.2.2"],
    "event.action": ["a`b``c"], "user.id": ["line\nbreak\u{1B}[31m\u{202E}x"],
  ]

  private static func render(_ guide: String) -> String {
    GuideTemplate(guide, catalog: .standard).rendered { values[$0] ?? [] }
  }

  @Test(
    "Fields in back-quotes gain the event's value, and names in braces become it",
    arguments: [
      ("See `user.name`.", "See `user.name` (`alice`)."),
      ("See `source.ip`", "See `source.ip` (`192.0.2.1, 192.0.2.2`)"),
      ("{{user.name}} and {{ source.ip }}", "`alice` and `192.0.2.1, 192.0.2.2`"),
      ("`cloud.region`", "`cloud.region` (not in this event)"),
      (
        "`cloud.region` of `eu-west-1` and `cloud.region`",
        "`cloud.region` of `eu-west-1` and `cloud.region` (not in this event)"
      ),
      ("{{cloud.region}}", "(`cloud.region` is not in this event)"),
      ("`user.name: {{user.name}}`", "`user.name: alice`"),
      (
        "```\nuser.name: \"{{user.name}}\" `user.name`\n```\n`user.name`",
        "```\nuser.name: \"alice\" `user.name`\n```\n`user.name` (`alice`)"
      ),
      ("~~~\n```\n{{user.name}}\n~~~ \n{{user.name}}", "~~~\n```\nalice\n~~~ \n`alice`"),
      (
        "`AssumeRole` `no.such.field` `user` `aws.cloudtrail` `` user.name ``",
        "`AssumeRole` `no.such.field` `user` `aws.cloudtrail` `` user.name ``"
      ),
      ("an open ` quote and {{an open brace and { one }}", "an open ` quote and {{an open brace and { one }}"),
      ("{{user name}} {{}} {{`}}", "{{user name}} {{}} {{`}}"), ("", ""), ("\n\n", "\n\n"),
    ])
  func fills(_ guide: String, _ expected: String) {
    #expect(Self.render(guide) == expected)
  }

  @Test("Accents behind back-quotes, odd fences, tables and spans over two lines let no value out of its code")
  func hostilePlaces() {
    func render(_ guide: String, _ value: String) -> String {
      GuideTemplate(guide, catalog: .standard).rendered { _ in [value] }
    }
    // A back-quote with an accent behind it is one character to Swift and a back-quote to Markdown.
    let accented = "x`\u{301} [click](http://evil.example) `\u{301} y"
    #expect(render("{{user.name}}", accented) == "``\(accented)``")
    #expect(!render("`see {{user.name}}`", accented).dropFirst().dropLast().unicodeScalars.contains("`"))
    #expect(render("```aws iam list``` then {{user.name}}", "v") == "```aws iam list``` then `v`")
    #expect(!render("~~~\n{{user.name}}\n~~~", "~~~").contains("\n~~~\n~~~"))
    #expect(render("| a | {{user.name}} |", "x | y") == "| a | `x \\| y` |")
    #expect(render("an open ` mark\nand {{user.name}} here `", "<b>`") == "an open ` mark\nand \\<b\\>' here `")
    #expect(render("an open ` mark\n\nand {{user.name}}", "v") == "an open ` mark\n\nand `v`")
  }

  @Test("A value cannot end the code it stands in, break the line or move the cursor")
  func hostile() {
    #expect(Self.render("`event.action`") == "`event.action` (```a`b``c```)")
    #expect(Self.render("`x {{event.action}}`") == "`x a'b''c`")
    #expect(Self.render("{{user.id}}") == "`line break [31m x`")
    let long = GuideTemplate("{{user.name}}", catalog: .standard).rendered { _ in
      Array(repeating: String(repeating: "x", count: 10_000), count: 1000)
    }
    #expect(long.count < GuideTemplate.mostValues * (GuideTemplate.longestValue + 3) + 40 && long.contains("994 more"))
  }
}
