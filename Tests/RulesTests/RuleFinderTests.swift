import Rules
import Testing

struct RuleFinderTests {
  private let finder: RuleFinder = {
    func rule(_ id: String, _ name: String, _ file: String) -> LoadedRule? {
      RuleLoader.load(
        text: """
          [rule]
          rule_id = "\(id)"
          name = "\(name)"
          description = "d"
          severity = "low"
          risk_score = 21
          type = "query"
          language = "kuery"
          query = "*"
          """, file: file
      ).rules.first
    }
    return RuleFinder(
      [
        rule("aaaa-1", "Trail Stopped", "rules/aws/trail_stopped.toml"),
        rule("aaab-2", "Trail Narrowed", "rules/aws/narrowed.toml"),
        rule("Narrowed", "Bucket Opened", "rules/other/Bucket.toml"),
        rule("cccc-3", "Trail Stopped", "mine/trail_stopped.toml"),
      ].compactMap(\.self))
  }()

  private func ids(_ text: String) -> [String] { finder.find(text).map(\.rule.ruleID) }

  @Test("The first way that finds a rule counts: id, name, file, start of an id, part of a name, words of it")
  func ways() {
    #expect(ids("Narrowed") == ["Narrowed"])
    #expect(ids("narrowed") == ["aaab-2"])
    #expect(ids("trail stopped") == ["aaaa-1", "cccc-3"])
    #expect(ids("mine/trail_stopped.toml") == ["cccc-3"])
    #expect(ids("bucket") == ["Narrowed"])
    #expect(ids("aaa") == [])
    #expect(ids("aaab") == ["aaab-2"])
    #expect(ids("opened") == ["Narrowed"])
    #expect(ids("opened bucket") == ["Narrowed"])
    #expect(ids("") == [] && ids("  ") == [] && ids("no such") == [])
  }

  @Test("What finds none gets the nearest names")
  func suggestions() {
    #expect(finder.suggestions(for: "Trail Stoped").first == "Trail Stopped")
    #expect(finder.suggestions(for: "narowed").first == "Trail Narrowed")
    #expect(finder.suggestions(for: "xyzzy") == [])
  }
}
