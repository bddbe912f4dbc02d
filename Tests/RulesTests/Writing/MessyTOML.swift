import TestSupport

/// A rule file that is laid out anyhow, with comments everywhere that TOML allows them.
struct MessyTOML {
  private var random: SeededRandom
  private var rules: RandomRules
  private(set) var comments: [String] = []

  init(_ seed: UInt64) {
    random = SeededRandom(seed: seed)
    rules = RandomRules(seed)
  }

  mutating func text() -> String {
    var tables = [
      table("[rule]", required + keys("r")), table("[metadata]", keys("m")), table("[other]", keys("o")),
    ]
    var threats = ""
    for at in 0..<Int.random(in: 0...2, using: &random) {
      threats += table("[[rule.threat]]", ["tactic.id = 'TA000\(at)'", "own = \(value())"])
      if flag() { threats += table("[[rule.threat.technique]]", ["id = \"T1078\"", "own.\"a b\".c = \(value())"]) }
      if flag() { threats += table("[rule.threat.own_table]", keys("t")) }
    }
    tables.append(threats)
    tables.shuffle(using: &random)
    return noise() + tables.joined() + noise()
  }

  private let required = [
    "rule_id='x'", "name = \"n\"", "type = \"query\"", "severity = \"low\"", "risk_score=1", "query = '''\na: b'''",
  ]

  private mutating func flag() -> Bool { Bool.random(using: &random) }

  private mutating func comment() -> String {
    comments.append("# comment \(comments.count + 1).")
    return comments[comments.count - 1] + (flag() ? "" : "  ")
  }

  private mutating func noise() -> String {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in (flag() ? comment() : "") + "\n" }.joined()
  }

  private mutating func end() -> String { (flag() ? " " + comment() : "") + (flag() ? "\n" : "\r\n") }

  private mutating func table(_ header: String, _ keys: [String]) -> String {
    var text = noise() + header + end()
    for key in keys.shuffled(using: &random) { text += noise() + (flag() ? "  " : "") + key + end() }
    return text + noise()
  }

  private mutating func keys(_ prefix: String) -> [String] {
    (0..<Int.random(in: 0...4, using: &random)).map { "\(prefix)\($0) = \(value())" }
  }

  private mutating func value(depth: Int = 0) -> String {
    switch Int.random(in: 0..<(depth < 3 ? 8 : 4), using: &random) {
    case 0:
      return ["0x1F", "+7", "1_000", "1e3", "inf", "2026-01-01", "2026-01-01 10:00:00Z", "07:32:00"]
        .randomElement(using: &random) ?? "1"
    case 1: return flag() ? "true" : "false"
    case 2: return "\"" + escaped(rules.text()) + "\""
    case 3:
      return "'''\n"
        + String(
          rules.text().unicodeScalars.filter { $0 != "'" && ($0.value >= 0x20 || $0 == "\n") && $0.value != 0x7F })
        + "'''"
    case 4: return "\"\"\"\\\n   folded \\\n   text\\\n  \"\"\""
    case 5: return "{ a = \(value(depth: 3)), \"b.c\".d = [1,2] }"
    default:
      var text = "[" + (flag() ? " " + comment() + "\n" : "")
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        if flag() { text += "\n " + comment() + "\n" }
        text += value(depth: depth + 1) + (flag() ? " " + comment() + "\n" : "") + ","
        if flag() { text += " " + comment() + "\n" }
      }
      return text + (flag() ? "\n" + comment() + "\n" : "") + "]"
    }
  }

  private func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      let digits = String(scalar.value, radix: 16)
      return scalar.isASCII && scalar.value >= 0x20 && scalar != "\"" && scalar != "\\" && scalar.value != 0x7F
        ? String(Character(scalar)) : "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }
}
