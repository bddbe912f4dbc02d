import Events
import Foundation
import JSON
import Rules
import Testing

@testable import RuleTesting

/// What the tests of the rules that ship are worth.
struct ShippedRuleTests {
  /// A rule that ships, with its tests.
  struct Shipped: Sendable, CustomTestStringConvertible {
    var rule: LoadedRule
    var name: String { String(rule.file.split(separator: "/").last?.dropLast(5) ?? "") }
    var testDescription: String { name }

    func file() throws -> RuleTestFile {
      let path = String(rule.file.dropLast(5)) + ".test.yaml"
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      return try #require(RuleTestReader.read(bytes, path: path).file)
    }
  }

  static let all: [Shipped] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Rules").path
    return RuleLoader.load(paths: [folder]).rules.map(Shipped.init).sorted { $0.name < $1.name }
  }()

  @Test("At least a hundred rules ship, each by an id of its own, with a guide, ATT&CK and tests")
  func count() throws {
    #expect(Self.all.count >= 100)
    #expect(Set(Self.all.map(\.rule.rule.ruleID)).count == Self.all.count)
    for shipped in Self.all {
      #expect(shipped.rule.rule.note?.contains("investigation steps") == true, "\(shipped.name)")
      #expect(!shipped.rule.rule.threats.isEmpty && !shipped.rule.rule.references.isEmpty, "\(shipped.name)")
      #expect(!(shipped.rule.rule.falsePositives).isEmpty, "\(shipped.name)")
      #expect(try shipped.file().eventCount > 5, "\(shipped.name)")
    }
  }

  @Test("A rule that leaves out what CloudFormation does says so, and no other does")
  func leavesOut() {
    for shipped in Self.all {
      let rule = shipped.rule.rule
      let prose = ([rule.description, rule.note ?? "", rule.setup ?? ""] + rule.falsePositives).joined(separator: " ")
        .split(whereSeparator: \.isWhitespace).joined(separator: " ")
      let says = prose.contains(/CloudFormation[^.]*left out|left out[^.]*CloudFormation/)
      let does = rule.query?.contains("cloudformation.amazonaws.com") == true
      #expect(says == does, "\(shipped.name)")
    }
  }

  // MARK: Padding

  /// The tests with requests that are longer, of which only the alerts are looked at.
  private static func padded(_ file: RuleTestFile, by length: Int) -> RuleTestFile {
    var file = file
    for test in file.tests.indices {
      for event in file.tests[test].events.indices + file.tests[test].history.indices.map({ -1 - $0 }) {
        var this = event >= 0 ? file.tests[test].events[event] : file.tests[test].history[-1 - event]
        if case .record = this.form { this.padding = max(this.padding, length) }
        // What is harmless in a short request is told apart by its leaves, which a long one lacks.
        if this.expectation?.alerts == false { this.expectation = nil }
        if event >= 0 { file.tests[test].events[event] = this } else { file.tests[test].history[-1 - event] = this }
      }
    }
    return file
  }

  /// Rules whose new terms are leaves of requests that have room for nothing else, as `rules lint` judges.
  private static func hasShortRequests(_ rule: Rule) -> Bool {
    (rule.newTerms?.fields ?? []).contains { $0.hasPrefix("aws.cloudtrail.flattened.request_parameters.") }
  }

  @Test("Padding a request past both limits hides it from no rule", arguments: all)
  func padding(shipped: Shipped) throws {
    let file = try shipped.file()
    for length in [9_000, 40_000] where length == 9_000 || !Self.hasShortRequests(shipped.rule.rule) {
      let outcome = RuleTestRunner.outcome(shipped.rule, Self.padded(file, by: length))
      #expect(outcome.failures.isEmpty, "\(length) characters: \(outcome.failures.flatMap(\.failures))")
    }
  }
}
