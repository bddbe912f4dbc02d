import TestSupport
import Testing

@testable import Outputs

struct GuideTextTests {
  @Test(
    "The time that a guide takes on a page grows with its length",
    arguments: ["[a](", "[a]: ", "\\", "`a ``b ", "<", "[a](b", "](<", "\n", "](  ", "`a` "])
  func linear(unit: String) {
    let grown = growth(500) { count in
      _ = GuideText.text(String(repeating: unit, count: count) + "<x", topLevel: 2)
    }
    #expect(grown < linearGrowth)
  }

  @Test(
    "Links to the web stay, others and HTML become plain text, and code stays as it is",
    arguments: [
      ("[a](https://x.example/a:b)", "[a](https://x.example/a:b)"), ("[a](b/c:d)", "[a](b/c:d)"),
      ("[a](javascript:x)", "[a]\\(javascript:x)"), ("[a]( <JavaScript:x>)", "[a]\\( &lt;JavaScript:x>)"),
      ("[a]: data:x", "[a]\\: data:x"), ("[a](&#106;avascript:x)", "[a]\\(&#106;avascript:x)"),
      ("[a](mailto:a@b.example) (b:c)", "[a](mailto:a@b.example) (b:c)"), ("[a](b) c: d", "[a](b) c: d"),
      ("<b> `<b>` ``a`<b>`` `<b>", "&lt;b> `<b>` ``a`<b>`` `&lt;b>"),
      ("\\<b> \\`<b>` `a\\` <b>", "\\&lt;b> \\`&lt;b>` `a\\` &lt;b>"), ("\n\na\n\n", "a"),
    ])
  func safe(text: String, expected: String) {
    #expect(GuideText.text(text, topLevel: 2) == expected)
  }

  @Test("A link whose address shows no end or scheme in 256 characters is no link")
  func longAddress() {
    let long = String(repeating: "a", count: 300)
    #expect(GuideText.text("[a](\(long):x) <", topLevel: 2) == "[a]\\(\(long):x) &lt;")
    #expect(GuideText.text("[a](\(long.prefix(200))/x) <", topLevel: 2) == "[a](\(long.prefix(200))/x) &lt;")
  }
}
