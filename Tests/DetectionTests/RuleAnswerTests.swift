import Events
import Query
import Rules
import TestSupport
import Testing

@testable import Detection

@Suite("Answers of rules that are kept") struct RuleAnswerTests {
  /// An answer such as a rule may give.
  static func random(using random: inout SeededRandom) -> RuleAnswer {
    var answer = RuleAnswer()
    if Bool.random(using: &random) { answer.start = Int64.random(in: 0...2_000_000_000_000, using: &random) }
    if Bool.random(using: &random) { answer.kinds["a.b"] = FieldKinds(rawValue: 9) }
    if Bool.random(using: &random) {
      answer.conditions.append(.not(.all([.notBefore(Timestamp(milliseconds: -5)), .any([.never, .always])])))
    }
    for number in 0..<UInt32.random(in: 0...40, using: &random) {
      var text = "term \(UInt8.random(in: 0...9, using: &random))"
      let code = text.withUTF8 { answer.notes.insert(Scalar(.string, $0)) }
      let count = [0, 1, 1, 3].randomElement(using: &random) ?? 1
      answer.matches.append(
        RuleAnswer.Match(
          number: number * 3 + UInt32.random(in: 0...2, using: &random),
          id: EventID(high: .random(in: 0 ... .max, using: &random), low: .random(in: 0 ... .max, using: &random)),
          time: Int64.random(in: -1_000...2_000_000_000_000, using: &random),
          timestamp: [0, .max, 17].randomElement(using: &random) ?? 0, lacksOverride: Bool.random(using: &random),
          condition: UInt32.random(in: 0..<UInt32(answer.conditions.count), using: &random), noteCount: count,
          isCut: Bool.random(using: &random)))
      answer.codes += [UInt32](repeating: code, count: count)
    }
    return answer
  }

  @Test("An answer is read as it was written")
  func readAgain() throws {
    let seed = UInt64.random(in: 0...9_999)
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      let answer = Self.random(using: &random)
      let bytes = try #require(answer.encoded(), "seed \(seed)")
      let read = try #require(bytes.withUnsafeBytes { RuleAnswer($0, eventCount: 200) }, "seed \(seed)")
      #expect(read.matches == answer.matches && read.codes == answer.codes, "seed \(seed)")
      #expect(read.conditions == answer.conditions && read.kinds == answer.kinds && read.start == answer.start)
      #expect(
        (1..<UInt32(answer.notes.count + 1)).allSatisfy {
          read.notes.text($0) == answer.notes.text($0)
        })
    }
  }

  @Test("Bytes that are no answer are refused or read as another, and nothing else")
  func hostile() throws {
    let seed = UInt64.random(in: 0...9_999)
    var random = SeededRandom(seed: seed)
    for _ in 0..<20 {
      let bytes = try #require(Self.random(using: &random).encoded())
      for end in 0..<bytes.count {
        #expect(bytes[..<end].withUnsafeBytes { RuleAnswer($0, eventCount: 200) } == nil, "seed \(seed)")
      }
      for at in bytes.indices {
        var changed = bytes
        changed[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        guard let read = changed.withUnsafeBytes({ RuleAnswer($0, eventCount: 200) }) else { continue }
        #expect(read.matches.allSatisfy { $0.number < 200 && $0.condition < read.conditions.count }, "seed \(seed)")
        #expect(read.codes.allSatisfy { $0 > 0 && $0 <= read.notes.count }, "seed \(seed)")
        #expect(read.matches.reduce(0) { $0 + $1.noteCount } == read.codes.count, "seed \(seed)")
      }
    }
    let noMatches = try #require(RuleAnswer().encoded())
    #expect((noMatches + [0]).withUnsafeBytes { RuleAnswer($0, eventCount: 0) } == nil)
    // Numbers beyond the events that there are.
    var answer = RuleAnswer()
    answer.matches = [RuleAnswer.Match(number: 7, id: EventID(high: 0, low: 0), time: 0)]
    let seven = try #require(answer.encoded())
    #expect(seven.withUnsafeBytes { RuleAnswer($0, eventCount: 7) } == nil)
    #expect(seven.withUnsafeBytes { RuleAnswer($0, eventCount: 8) } != nil)
  }

  private static func question(_ rule: Rule, _ exceptions: [RuleException] = []) -> RuleQuestion? {
    TestHunt([rule], exceptions: exceptions).plan.questions[0]
  }

  @Test("Rules that ask the same have one question, whatever they are called and whenever they run")
  func sameQuestion() throws {
    let rule = try Rule.newTerms("event.action: StopLogging", ["user.name"], history: "now-14d")
    let known = try #require(Self.question(rule))
    var other = rule
    other.ruleID = "another"
    other.name = "Another"
    other.schedule.interval = try Interval("1m")
    other.newTerms?.historyWindowStart = try DateMath("now-1d")
    #expect(Self.question(other) == known)
    #expect(Self.question(rule) == known)
    var questions: Set<RuleQuestion> = [known]
    func isAnother(_ change: (inout Rule) throws -> Void) rethrows {
      var changed = rule
      try change(&changed)
      if let question = Self.question(changed) { #expect(questions.insert(question).inserted) }
    }
    isAnother { $0.query = "event.action: StopLoggin" }
    isAnother { $0.query = "event.action: \"StopLogging\"" }
    isAnother { $0.query = "not event.action: StopLogging" }
    isAnother { $0.query = "event.action: Stop*" }
    isAnother { $0.query = "event.action: StopLogging or event.action: A" }
    isAnother { $0.query = "event.action: StopLogging and event.action: A" }
    isAnother { $0.newTerms?.fields = ["user.id"] }
    isAnother { $0.newTerms?.fields = ["user.name", "user.id"] }
    isAnother { $0.timestampOverride = "event.ingested" }
    isAnother {
      $0.timestampOverride = "event.ingested"
      $0.timestampOverrideFallbackDisabled = true
    }
    isAnother {
      $0.type = .query
      $0.newTerms = nil
    }
    let predicate = Predicate.test(.named("user.name"), .phrase("x"))
    for expires in [nil, Timestamp(milliseconds: 5), Timestamp(milliseconds: 6)] {
      let exception = RuleException(predicate: predicate, expires: expires, name: "n", place: "p")
      let question = try #require(Self.question(rule, [exception]))
      #expect(questions.insert(question).inserted)
    }
  }

  @Test("Answers that were given under other types of fields are not those to a rule's question")
  func otherTypes() throws {
    let rule = try #require(TestHunt([.query("crowdstrike.LocalIP: \"10.0.0.0/8\"")]).plan.rules.first)
    #expect(HuntRule.fieldTypes.count == 32)
    #expect(rule.question == rule.question(under: HuntRule.fieldTypes))
    #expect(rule.question != rule.question(under: []))
    var tables = ""
    FieldCatalog.forEachTable { tables += $0 }
    #expect(tables.contains("crowdstrike.LocalIP\tip\n") && tables.contains("event.action\t"))
    #expect(tables.contains("signal.rule.id\tkibana.alert.rule.uuid"))
  }

  @Test("Answers to what names times relative to the execution's are not kept")
  func relative() {
    #expect(Self.question(.query("@timestamp > now-1h")) == nil)
    #expect(Self.question(.query("@timestamp > 2026-01-01")) != nil)
  }

  @Test("Lists of the same values in another order are one question")
  func lists() {
    struct Bytes: PredicateOutput {
      var all: [UInt8] = []
      mutating func append(_ bytes: UnsafeRawBufferPointer) { all.append(contentsOf: bytes) }
    }
    func bytes(_ values: [String]) -> [UInt8] {
      var output = Bytes()
      Predicate.test(.named("a"), .list(ValueList(.keyword, values))).write(to: &output)
      return output.all
    }
    #expect(bytes(["b", "a"]) == bytes(["a", "b", "a"]))
    #expect(bytes(["b", "a"]) != bytes(["ba"]))
  }
}
