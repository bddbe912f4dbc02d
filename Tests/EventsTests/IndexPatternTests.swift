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

  @Test("A pattern of many stars does not take forever")
  func manyStars() {
    let pattern = IndexPattern([String(repeating: "a*", count: 200) + "b"])
    #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
  }
}
