import Rules

/// The coverage of ATT&CK as a drawing in SVG: a column a tactic, a cell a technique that rules name.
///
/// It stands by itself, has a light and a dark look, and is a list of lists to a screen reader. Every cell tells its rules
/// when it is pointed at.
public struct CoverageDrawing {
  private let coverage: AttackCoverage

  public init(_ coverage: AttackCoverage) { self.coverage = coverage }

  private static let columnWidth = 180
  private static let gap = 8
  private static let margin = 16
  private static let top = 64
  private static let headHeight = 54
  private static let cellHeight = 36
  private static let lineHeight = 13

  public var svg: String {
    var body = ""
    var height = 0
    for (at, tactic) in coverage.tactics.enumerated() {
      let (column, columnHeight) = self.column(tactic, x: Self.margin + at * (Self.columnWidth + Self.gap))
      body += column
      height = max(height, columnHeight)
    }
    let width = 2 * Self.margin + coverage.tactics.count * (Self.columnWidth + Self.gap) - Self.gap
    let total = Self.top + height + Self.margin
    let covered = coverage.tactics.count { !$0.rules.isEmpty }
    let summary =
      "\(coverage.mappedRuleCount) of \(CoverageTable.rules(coverage.ruleCount)) name a tactic of ATT&CK for Enterprise "
      + "\(coverage.version); \(covered) of \(coverage.tactics.count) tactics are covered."
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(total)" width="\(width)" height="\(total)" \
      role="group" aria-labelledby="title desc">
      <title id="title">ATT&amp;CK coverage of detection rules</title>
      <desc id="desc">\(Markup.escaped(summary))</desc>
      <style>\(Self.style)</style>
      <rect class="page" width="\(width)" height="\(total)"/>
      <text class="heading" x="\(Self.margin)" y="28">ATT&amp;CK coverage of detection rules</text>
      <text class="note" x="\(Self.margin)" y="48">\(Markup.escaped(summary))</text>
      \(body)</svg>

      """
  }

  private func column(_ tactic: AttackCoverage.Tactic, x: Int) -> (text: String, height: Int) {
    let count = tactic.rules.isEmpty ? "no rule" : CoverageTable.rules(tactic.rules.count)
    let label =
      "\(tactic.name): \(count), \(tactic.techniques.count) of \(tactic.techniqueCount) techniques"
    var text = "<g role=\"list\" aria-label=\"\(Markup.escaped(label))\">\n"
    text += "<g class=\"head\"><title>\(Markup.escaped(label))</title>"
    text += rectangle(x, Self.top, Self.columnWidth, Self.headHeight)
    text += line(tactic.name, "name", x + 8, Self.top + 20, Self.columnWidth - 16)
    text += line(
      "\(count) · \(tactic.techniques.count) of \(tactic.techniqueCount)", "count", x + 8, Self.top + 40,
      Self.columnWidth - 16)
    text += "</g>\n"
    var y = Self.top + Self.headHeight + 6
    for technique in tactic.techniques {
      y = add(technique, to: &text, x, y, Self.columnWidth)
      for part in technique.subtechniques { y = add(part, to: &text, x + 14, y, Self.columnWidth - 14) }
    }
    return (text + "</g>\n", y - Self.top)
  }

  /// Adds the cell of a technique, as high as its name needs; returns where the next one starts.
  private func add(
    _ technique: AttackCoverage.Technique, to text: inout String, _ x: Int, _ y: Int, _ width: Int
  ) -> Int {
    let count = technique.rules.count
    let label = "\(technique.id) \(technique.name): \(CoverageTable.rules(count))"
    let shade = count >= 5 ? "many" : count >= 2 ? "some" : "one"
    let names = Self.lines(technique.name, limit: Self.limit(width - 16))
    let height = Self.cellHeight + (names.count - 1) * Self.lineHeight
    text += "<g class=\"cell \(shade)\" role=\"listitem\" aria-label=\"\(Markup.escaped(label))\">"
    text += "<title>\(Markup.escaped(([label] + technique.rules).joined(separator: "\n")))</title>"
    text += rectangle(x, y, width, height)
    text += line(technique.id, "id", x + 8, y + 15, width - 44)
    text += "<text class=\"count\" text-anchor=\"end\" x=\"\(x + width - 8)\" y=\"\(y + 15)\">\(count)</text>"
    for (at, name) in names.enumerated() {
      text += line(name, "name", x + 8, y + 29 + at * Self.lineHeight, width - 16)
    }
    text += "</g>\n"
    return y + height + 4
  }

  /// A name on two lines at most, broken at a blank.
  private static func lines(_ text: String, limit: Int) -> [String] {
    guard Terminal.columns(text) > limit else { return [text] }
    var first = ""
    var words = text.split(separator: " ")[...]
    while let word = words.first, first.isEmpty || Terminal.columns(first + " " + word) <= limit {
      first += (first.isEmpty ? "" : " ") + word
      words = words.dropFirst()
    }
    return words.isEmpty ? [first] : [first, words.joined(separator: " ")]
  }

  /// How many columns of text fit a width, about seven units each at the size that is used.
  private static func limit(_ width: Int) -> Int { max(4, width / 7) }

  private func rectangle(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> String {
    "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" rx=\"4\"/>"
  }

  /// A line of text, cut where it would not fit.
  private func line(_ text: String, _ kind: String, _ x: Int, _ y: Int, _ width: Int) -> String {
    let limit = Self.limit(width)
    let cut = Terminal.columns(text) > limit ? text.prefix(limit - 1) + "…" : text[...]
    return "<text class=\"\(kind)\" x=\"\(x)\" y=\"\(y)\">\(Markup.escaped(String(cut)))</text>"
  }

  private static let style = """
    text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-size:12px;fill:#1b1f24}\
    .cell .name{font-size:11px}.page{fill:#fff}.heading{font-size:18px;font-weight:600}.note{fill:#4b535d}\
    .head rect{fill:#e6e9ed}.head .name{font-weight:600}.id,.count{font-variant-numeric:tabular-nums}\
    .cell.one rect{fill:#d6e8f5}.cell.some rect{fill:#9cc7e8}.cell.many rect{fill:#0b5394}.cell.many text{fill:#fff}\
    @media (prefers-color-scheme:dark){text{fill:#e8eaed}.page{fill:#15181c}.note{fill:#aab2bd}.head rect{fill:#2b3138}\
    .cell.one rect{fill:#1d3a52}.cell.some rect{fill:#285c86}.cell.many rect{fill:#8ec5f2}.cell.many text{fill:#15181c}}
    """
}
