import Events
import JSON
import Testing

@testable import RuleTesting

/// What is wrong with a test file, one line each.
private func faults(_ text: String) -> [String] {
  RuleTestReader.read(Array(text.utf8), path: "x.test.yaml").diagnostics.map(\.description)
}

private func file(_ event: String) -> String {
  "tests:\n  - name: t\n    events:\n      - \(event)\n"
}

/// An event at a time, the rest of it open.
private func dated(_ rest: String) -> String { file("{ at: \"2026-01-15T10:00:00Z\", " + rest) }

@Suite struct TestFileTests {
  @Test("broken YAML is told with line, column and what to do")
  func malformed() {
    #expect(
      faults("tests:\n  - name: a\n   events: []\n").first?.hasPrefix("x.test.yaml:3:4: error: The YAML cannot be read")
        == true)
    #expect(faults("") == ["x.test.yaml:1:1: error: The file is empty; a test file has a list `tests`."])
    #expect(faults("tests: *nothing\n").first?.contains("an alias stands behind the anchor") == true)
    #expect(faults("a: 1\na: 2\n").first?.contains("“a”; keep one of them") == true)
    #expect(faults("a: \u{1}\n").count == 1)
    #expect(RuleTestReader.read([0xFF, 0xFE, 0x00], path: "x").diagnostics.count == 1)
  }

  @Test(
    "what a test file must not hold is told at its place",
    arguments: [
      ("a list", "- 1\n", "1:1: error: A test file must be a map"),
      ("no tests", "defaults: {}\n", "1:1: error: The file has no `tests`"),
      ("an unknown key", dated("alert: true, alrt: 1 }"), "4:52: error: An event has no key “alrt”"),
      ("no time", file("{ alert: true }"), "4:9: error: The event has no `at`"),
      ("a day", file("{ at: 2026-01-15, alert: true }"), "4:15: error: `at` must be"),
      ("no alert", file("{ at: \"2026-01-15T10:00:00Z\" }"), "4:9: error: The event has no `alert`"),
      ("set and ecs", dated("alert: true, set: {}, ecs: {} }"), "error: The event has both"),
      ("terms without alert", dated("alert: false, new_terms: [a] }"), "error: `new_terms` belongs"),
      ("an empty step", dated("alert: true, set: { a..b: 1 } }"), "has an empty step"),
      ("its own time", dated("alert: true, set: { eventTime: 1 } }"), "change `at` instead"),
      ("a long padding", dated("alert: true, padding: 300000 }"), "4:61: error: `padding` must be"),
      ("padding of an ECS event", dated("alert: true, ecs: {}, padding: 9 }"), "error: `padding` makes the request"),
      ("an unknown severity", dated("alert: true, severity: grave }"), "error: `severity` must be"),
      ("a severity without alert", dated("alert: false, severity: low }"), "error: `severity` belongs"),
      (
        "a survivor without reason", dated("alert: true }") + "survivors: [{ mutant: m }]\n",
        "5:13: error: A survivor needs"
      ),
      ("a doubtful word", dated("alert: yes }"), "4:46: error: “yes” may be a text or a boolean"),
      ("an account number", "defaults: { accountId: 012345678901 }\ntests: []\n", "1:24: error: “012345678901” may be"),
    ])
  func wrong(_ what: String, _ text: String, _ expected: String) {
    let found = faults(text)
    #expect(found.count == 1 && found[0].contains(expected), "\(what): \(found)")
  }

  @Test("nesting, aliases and sizes are bounded")
  func hostile() {
    let deep = "tests: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
    #expect(faults(deep).first?.contains("nested deeper than") == true)
    #expect(faults(String(repeating: "[", count: 200_000)).count == 1)
    #expect(faults(String(repeating: "- ", count: 200_000)).count == 1)
    var bomb = "a0: &a0 [x, x]\n"
    for level in 1...40 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    #expect(faults(bomb + "tests: *a40\n").first?.contains("values with its aliases") == true)
    // The same as a key, which would be hashed while the document is read.
    #expect(faults(bomb + "? *a40\n: 1\n? *a39\n: 2\n").first?.contains("A key must be a plain text") == true)
    #expect(faults(bomb + "? [*a40]\n: 1\n? [*a39]\n: 2\n").first?.contains("A key must be a plain text") == true)
    let wide = "defaults: &d " + String(repeating: "x", count: 900_000) + "\ntests: ["
    let copies = faults(wide + String(repeating: "*d, ", count: 100) + "]\n")
    #expect(copies.first?.contains("bytes of text with its aliases") == true)
    #expect(faults(String(repeating: "# long\n", count: 200_000)).first?.contains("at most 1048576") == true)
    let padded = "tests:\n  - name: t\n    events: [\(String(repeating: "*e, ", count: 90))]\n"
    let event = "&e { at: \"2026-01-15T10:00:00Z\", alert: true, padding: 200000 }"
    #expect(faults(padded.replacing("[*e, ", with: "[\(event), ")).first?.contains("padded by more than") == true)
    #expect(faults("a: &a [*a]\n").count == 1)
    #expect(faults("a: !!python/object:os.system x\n").first?.contains("The tag") == true)
  }

  @Test("`set` merges member by member, paths stand at its top, null removes, lists replace")
  func merging() throws {
    let text = """
      defaults: { eventName: A, userIdentity: { userName: u, accountId: "1" }, requestParameters: { l: [1, 2], k: v } }
      tests:
        - name: t
          events:
            - at: 2026-01-15T10:00:00Z
              set: { userIdentity: { userName: null, x: 1 }, requestParameters.l: [3], requestParameters.m.n: true, eventType: ~ }
              alert: true
      """
    let file = try #require(RuleTestReader.read(Array(text.utf8), path: "x").file)
    let record = TestRecord.make(file.tests[0].events[0], defaults: file.defaults, seed: "s", number: 3)
    #expect(record["userIdentity"] == ["accountId": "1", "x": 1])
    #expect(record["requestParameters"] == ["l": [3], "k": "v", "m": ["n": true]])
    #expect(record["eventTime"] == "2026-01-15T10:00:00Z")
    #expect(record["recipientAccountId"] == "1")
    #expect(record["eventType"] == nil)
    #expect(record["awsRegion"] == "us-east-1")
    #expect(record["eventID"]?.stringValue?.hasSuffix("00000003") == true)
    #expect(record == TestRecord.make(file.tests[0].events[0], defaults: file.defaults, seed: "s", number: 3))
  }

  @Test("`padding` makes the request longer, and the answer where there is one")
  func padding() throws {
    let text = dated("set: { requestParameters.a: b, responseElements: { c: d } }, padding: 9000, alert: true }")
    let read = try #require(RuleTestReader.read(Array(text.utf8), path: "x").file)
    let record = TestRecord.make(read.tests[0].events[0], defaults: [:], seed: "s", number: 0)
    #expect(record["requestParameters"]?["a"] == "b" && record["responseElements"]?["c"] == "d")
    #expect(record["requestParameters"]?["padding"]?.stringValue?.count == 9000)
    #expect(record["responseElements"]?["padding"]?.stringValue?.count == 9000)
  }

  @Test("an event in ECS is as it is written, with its time")
  func ecs() throws {
    let text = dated("ecs: { event.action: x }, alert: false }")
    let read = try #require(RuleTestReader.read(Array(text.utf8), path: "x").file)
    let record = TestRecord.make(read.tests[0].events[0], defaults: ["a": 1], seed: "s", number: 0)
    #expect(record["_source"] == ["@timestamp": "2026-01-15T10:00:00.000Z", "event.action": "x"])
  }

  @Test("merge keys take what a map does not say itself")
  func mergeKeys() throws {
    let text = "a: &a { x: 1, y: 2 }\nb: { <<: *a, y: 3 }\n"
    #expect(try YAMLReader.read(Array(text.utf8)).json["b"] == ["x": 1, "y": 3])
  }
}
