import Query
import Testing

struct TextAnalyzerTests {
  @Test(
    "Text is cut at word boundaries and lower-cased",
    arguments: [
      ("", []),
      (
        "The 2 QUICK Brown-Foxes jumped over the lazy dog's bone.",
        ["the", "2", "quick", "brown", "foxes", "jumped", "over", "the", "lazy", "dog's", "bone"]
      ),
      ("O'Neil’s ''quoted'' 'x'", ["o'neil’s", "quoted", "x"]),
      ("s3.amazonaws.com, 10.0.0.1; v1.2.3-rc.1", ["s3", "amazonaws.com", "10.0.0.1", "v1.2.3", "rc", "1"]),
      ("1,000;5 a,b 3.14 .5 5.", ["1,000;5", "a", "b", "3.14", "5", "5"]),
      ("arn:aws:iam::123456789012:user/Bob", ["arn:aws:iam", "123456789012", "user", "bob"]),
      ("snake_case __init__ _ a_.b", ["snake_case", "__init__", "a_", "b"]),
      ("{roleName=ops, tags=[{key=a}]}", ["rolename", "ops", "tags", "key", "a"]),
      ("user@example.com", ["user", "example.com"]),
      ("a..b a.'b 1.,2", ["a", "b", "a", "b", "1", "2"]),
      ("abc123def 1st", ["abc123def", "1st"]),
      ("ÉCOLE Straße İx", ["école", "straße", "ix"]),
      ("cafe\u{301} na\u{AD}me \u{301}x", ["cafe\u{301}", "na\u{AD}me", "x"]),
      ("漢字かなカタカナ한국어", ["漢", "字", "か", "な", "カタカナ", "한국어"]),
      ("สวัสดี ชาว", ["สวัสดี", "ชาว"]),
      ("٣٫٤ ٣٤", ["٣", "٤", "٣٤"]),
      ("-- / 😀", []),
    ])
  func words(text: String, expected: [String]) {
    let words = TextAnalyzer.standard.words(text)
    #expect(words.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "\(words)")
  }

  @Test("A very long word is cut into pieces")
  func longWords() {
    let words = TextAnalyzer.standard.words(String(repeating: "A", count: 600) + " b")
    #expect(words.map(\.utf16.count) == [255, 255, 90, 1])
    #expect(TextAnalyzer.standard.words(String(repeating: "x", count: 255)).count == 1)
  }
}
