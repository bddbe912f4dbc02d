import Events
import Testing

@Suite("Index patterns")
struct IndexPatternTests {
  @Test(
    "A data stream is selected by what matches it last",
    arguments: [
      (["logs-*"], "logs-aws.cloudtrail-default", true), (["logs-*"], "log", false), (["logs-*"], "xlogs-a", false),
      (["filebeat-*", "logs-*"], "filebeat-8", true), (["logs-*,filebeat-*"], "filebeat-8", true),
      ([" logs-* , filebeat-* "], "filebeat-8", true), (["logs-*", "-logs-test-*"], "logs-test-a", false),
      (["-logs-test-*", "logs-*"], "logs-test-a", true), (["logs-*", "-logs-*", "logs-a"], "logs-a", true),
      (["*"], "anything", true), (["_all"], "anything", true), (["*"], ".alerts-security.alerts-default", false),
      ([".alerts-*"], ".alerts-security.alerts-default", true), (["remote:logs-*"], "logs-a", false),
      (["*:logs-*"], "logs-a", false), (["*:*", "logs-a"], "logs-a", true),
      (["logs-*", "-remote:logs-*"], "logs-a", true),
      (["*-aws*-d*t"], "logs-aws.cloudtrail-default", true), (["*-aws*-d*x"], "logs-aws.cloudtrail-default", false),
      (["logs-a"], "logs-ab", false), (["Logs-*"], "logs-a", false), (["logs-?"], "logs-a", false), ([""], "", false),
      ([], "logs-a", false), (["-"], "logs-a", false), (["**a**"], "bab", true), (["a*"], "a", true),
      (["apm-*-transaction*"], "apm-7-transaction-1", true),
    ] as [([String], String, Bool)])
  func matches(_ patterns: [String], _ name: String, _ expected: Bool) {
    #expect(IndexPattern(patterns).matches(name) == expected)
  }

  @Test(
    "A single pattern is no list",
    arguments: [
      ("logs-*", "logs-a", true), ("logs-a,logs-b", "logs-a", false), ("-logs-a", "logs-a", false),
      ("-logs-*", "-logs-a", true), ("*", ".hidden", false), (".*", ".hidden", true), ("_all", "a", true),
      ("east:logs-a", "logs-a", false), ("logs-a::data", "logs-a", true), ("", "", false),
      ("<logs-{now/M}>", "logs-2026.01.01", true),
    ])
  func single(_ pattern: String, _ name: String, _ expected: Bool) {
    #expect(IndexPattern(only: pattern).matches(name) == expected)
    // What it may select is known from how a name begins.
    let isKnown = (0...name.count).allSatisfy {
      IndexPattern(only: pattern).mayMatch(beginningWith: String(name.prefix($0)))
    }
    #expect(!expected || isKnown)
  }

  @Test("A pattern that cannot select a name with some beginning says so")
  func beginnings() {
    func may(_ pattern: String) -> Bool { IndexPattern(only: pattern).mayMatch(beginningWith: ".ds-") }
    #expect(["*", "*-000001", ".*", ".ds-*", ".ds-a", ".d*"].allSatisfy(may))
    #expect(!["logs-*", ".da*", ".ds", ".d", "own", ""].contains(where: may))
  }

  @Test("A pattern of many stars does not take forever")
  func manyStars() {
    let pattern = IndexPattern([String(repeating: "a*", count: 200) + "b"])
    #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
  }

  @Test(
    "A selector of data counts for nothing, and a name with date math is that of its date, or of any where no time is told",
    arguments: [
      ("logs-*::data", "logs-a", true), ("logs-*::*", "logs-a", true), ("logs-*::failures", "logs-a", false),
      ("<logs-{now/d}>", "logs-2026.03.01", true), ("<logs-{now/d}>", "logs-2026.02.28", false),
      ("<logs-{now-1d/d}>", "logs-2026.02.28", true), ("<logs-{now/M{yyyy-MM}}-x*>", "logs-2026-03-xy", true),
      ("<logs-{now/d{yyyy.MM.dd|+12:00}}>", "logs-2026.03.02", true), ("*,-<logs-{now/d}>", "logs-2026.03.01", false),
      ("<logs-\\{x\\}>", "logs-{x}", true), ("<logs-{now/d>", "logs-2026.03.01", false),
      ("<logs-{tomorrow}>", "logs-2026.03.01", false),
      // Weeks, their years and days of years as Java writes them.
      ("<logs-{now/w{YYYY.'w'ww}}>", "logs-2026.w09", true), ("<logs-{now{uuuu.DDD}}>", "logs-2026.060", true),
      ("<logs-{now+306d/d{YYYY}}>", "logs-2027", true), ("<logs-{now/d{JJ}}>", "logs-2026", false),
    ])
  func dated(_ pattern: String, _ name: String, _ expected: Bool) {
    let now = Timestamp(iso8601: "2026-03-01T13:00:00Z")
    #expect(IndexPattern([pattern], now: now).matches(name) == expected)
    if pattern.hasPrefix("<logs-{now-1d/d}") {
      #expect(IndexPattern([pattern]).matches("logs-2020.01.01"))
      #expect(!IndexPattern([pattern]).matches("metrics-2020.01.01"))
    }
  }
}
