import Exceptions
import Foundation
import Rules
import Testing

struct AttackToolTests {
  @Test("The rule on attack tools that ships looks for the same tools as suggestions do")
  func oneList() throws {
    let loaded = RuleCollection.load(paths: [], withBuiltIn: true)
    let rule = try #require(loaded.rules.first { $0.rule.ruleID == "ec15c5b8-d43f-4c9a-9e09-ad2616e14375" }).rule
    let query = try #require(rule.query)
    let list = try #require(query.firstMatch(of: /user_agent\.original: \(([^)]*)\)/)).1
    let words = list.split(separator: " or ").map { $0.trimmingCharacters(in: ["*", " ", "\n"]).lowercased() }
    #expect(Set(words) == Set(AttackTools.words))
  }
}
