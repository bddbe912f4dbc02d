import TestSupport
import Testing

@testable import Reports

@Suite("Reading guides")
struct MarkdownParserTests {
  @Test("Headings, paragraphs, lists within lists, code and quotes are told apart")
  func blocks() {
    let text = """
      ## Steps ##and more

      One line
      and its next.

      - first
        goes on
        - inner
          1. deep
      - second

      3. third
      4. fourth
      ```
      - code `stays`
      ```
      > quoted
      ---
      """
    #expect(
      MarkdownParser.blocks(text) == [
        .heading(level: 2, [.text("Steps ##and more")]),
        .paragraph([.text("One line\nand its next.")]),
        .list(
          start: nil,
          items: [
            [
              .paragraph([.text("first\ngoes on")]),
              .list(
                start: nil,
                items: [[.paragraph([.text("inner")]), .list(start: 1, items: [[.paragraph([.text("deep")])]])]]),
            ],
            [.paragraph([.text("second")])],
          ]),
        .list(start: 3, items: [[.paragraph([.text("third")])], [.paragraph([.text("fourth")])]]),
        .code("- code `stays`"),
        .quote([.paragraph([.text("quoted")])]),
        .separator,
      ])
  }

  @Test("Emphasis, code, links and escapes are told apart within a line")
  func inlines() {
    func inlines(_ text: String) -> [MarkdownInline] {
      guard case .paragraph(let inlines)? = MarkdownParser.blocks(text).first else { return [] }
      return inlines
    }
    #expect(inlines("a **b `c`** d") == [.text("a "), .strong([.text("b "), .code("c")]), .text(" d")])
    #expect(
      inlines("*a* _b_ snake_case_name") == [
        .emphasis([.text("a")]), .text(" "), .emphasis([.text("b")]), .text(" snake_case_name"),
      ])
    #expect(inlines("``a ` b``") == [.code("a ` b")])
    #expect(
      inlines("[a `b`](https://x.example/y(z) \"t\")") == [
        .link([.text("a "), .code("b")], url: "https://x.example/y(z)")
      ])
    #expect(inlines("\\*a\\* <b> `open") == [.text("*a* <b> `open")])
    #expect(inlines("<https://x.example>") == [.link([.text("https://x.example")], url: "https://x.example")])
    #expect(inlines("![shown](https://x.example/p.png)") == [.text("shown")])
  }

  @Test(
    "Any text is read in bounded time and depth, and no letter of it is lost",
    arguments: [1, 2, 3] as [UInt64])
  func random(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let pieces = [
      "a", " ", "\n", "\n\n", "- ", "  ", "> ", "`", "``", "```\n", "*", "**", "_", "[", "](", ")", "<", ">", "\\",
      "1. ", "# ", "\t", "é", "\r\n",
    ]
    for _ in 0..<400 {
      let text = (0..<Int.random(in: 0...80, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }.joined()
      let blocks = MarkdownParser.blocks(text)
      #expect(letters(blocks) == text.filter { $0 == "é" }.count, "seed \(seed): \(text.debugDescription)")
    }
  }

  /// Letters `é` in all blocks, addresses of links too.
  private func letters(_ blocks: [MarkdownBlock]) -> Int {
    func count(_ text: String) -> Int { text.filter { $0 == "é" }.count }
    return blocks.reduce(0) { sum, block in
      switch block {
      case .heading(_, let inner), .paragraph(let inner): sum + inlinesCount(inner, count)
      case .list(_, let items): sum + items.reduce(0) { $0 + letters($1) }
      case .code(let code): sum + count(code)
      case .quote(let inner): sum + letters(inner)
      case .separator: sum
      }
    }
  }

  private func inlinesCount(_ inlines: [MarkdownInline], _ count: (String) -> Int) -> Int {
    inlines.reduce(0) { sum, inline in
      switch inline {
      case .text(let text), .code(let text): sum + count(text)
      case .strong(let inner), .emphasis(let inner): sum + inlinesCount(inner, count)
      case .link(let inner, let url): sum + inlinesCount(inner, count) + count(url)
      }
    }
  }

  @Test("Texts that are made to be slow are not")
  func slow() {
    for piece in ["*", "`", "[", "**a ", "- ", "> ", "[a](", "<", "_a", "`` ` "] {
      func text(_ size: Int) -> String { String(repeating: piece, count: size / piece.utf8.count) }
      let texts = [12_500: text(12_500), 200_000: text(200_000)]
      #expect(growth(12_500) { _ = MarkdownParser.blocks(texts[$0] ?? "") } < linearGrowth, "\(piece)")
      #expect(!MarkdownParser.blocks(text(200_000)).isEmpty)
    }
    #expect(!MarkdownParser.blocks(String(repeating: "- a\n", count: 50_000)).isEmpty)
    #expect(!MarkdownParser.blocks((0..<500).map { String(repeating: " ", count: $0 * 2) + "- a\n" }.joined()).isEmpty)
  }
}
