import CloudTrail
import Events
import Query
import Rules
import TestSupport
import Testing

@testable import Detection

struct ExplainTests {
  /// Explains an event of a history as `martlet explain` does.
  ///
  /// - Parameter known: alerts that there are, for a rule over alerts.
  static func explain(
    _ rule: Rule, _ id: String, _ workers: [[String]], exceptions: [RuleException] = [], known: [KnownAlert] = []
  ) throws -> Explanation {
    let plan = HuntPlan(
      [rule], context: EventContext(readAt: TestHunt.readAt),
      catalog: FieldCatalog.standard.applying(try FieldMapping(TestEvent.mapping)), keepsAll: true,
      exceptions: { _ in exceptions }, query: RuleQuery.predicate)
    let registry = EventRegistry(counting: EventID(named: id))
    var times: [Timestamp] = []
    let parts = try workers.map { texts in
      try TestHunt.consume(texts, ExplainCollector(plan, id: id), registry: registry) {
        times += [$0.ownTime].compactMap(\.self)
      }
    }
    let explainer = Explainer(
      plan, rule, predicate: try? RuleQuery.predicate(rule), exceptions: exceptions, now: TestHunt.readAt)
    let replay = times.min().flatMap { first in times.max().map { Replay(events: first...$0) } }
    let found = try ExplainFindings(plan, parts, id: id, replay: replay, known: known)
    return try explainer.explain(found, deliveries: registry.deliveries)
  }

  @Test(
    "An explanation says alert where the engine alerts, and names an earlier event of the combination where it does not",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func agreesWithTheHunt(seed: UInt64) throws {
    print("explanations, seed \(seed)")
    var maker = HistoryMaker(seed: seed)
    var reasons: Set<String> = []
    for number in 0..<60 {
      let made = try maker.next()
      let exceptions = made.exceptions.map(ReferenceHuntTests.exception)
      let expected = ReferenceHunt(
        made.rule, made.events, relative: made.relative, exceptions: made.exceptions)
      let workers = ReferenceHuntTests.deal(made.events, workers: 2)
      for event in made.events.prefix(6) {
        let explanation = try Self.explain(made.rule, event.id, workers, exceptions: exceptions)
        let place = Comment(rawValue: "seed \(seed), case \(number), event \(event.id)\n" + explanation.verdict)
        let alerts = expected.created.filter { $0.thing.source == event.id }
        try #require(explanation.isAlert == !alerts.isEmpty, place)
        let created = explanation.executions.filter { if case .created = $0.result { true } else { false } }
        try #require(Set(created.map(\.scheduled.milliseconds)) == Set(alerts.map(\.tick)), place)
        try #require(
          explanation.subject?.deliveries == (event.isECS ? nil : made.events.count { $0.id == event.id }), place)
        if made.relative == nil { try #require(explanation.condition?.holds == (event.action == "Match"), place) }
        for execution in explanation.executions {
          switch execution.result {
          case .created: reasons.insert("created")
          case .createdBefore: reasons.insert("created before")
          case .capped: reasons.insert("capped")
          case .excepted: reasons.insert("excepted")
          case .foldedInto: reasons.insert("folded")
          case .unmatched: reasons.insert("unmatched")
          case .partOf, .counted, .incomplete, .opposed, .leftOut, .failed:
            Issue.record("a rule on single events counts nothing")
          case .seenBefore(let sighting), .builtOn(let sighting):
            reasons.insert("seen")
            let other = try #require(made.events.first { $0.id == sighting.id }, place)
            for (field, term) in zip(made.rule.newTerms?.fields ?? [], execution.terms) {
              try #require(other.values(field).contains(term.text), place)
            }
          }
        }
      }
    }
    // The seed that stays meets all.
    let all: Set = ["created", "created before", "capped", "excepted", "seen", "unmatched"]
    #expect(stands(seed) ? reasons == all : reasons.isSubset(of: all))
  }

  @Test("An event of a rule that counts is told how many were counted, and which alert it is a part of")
  func countedEvents() throws {
    var rule = Rule.query("event.action: A")
    rule.type = .threshold
    rule.threshold = ThresholdParameters(fields: ["user.name"], value: 2)
    func line(_ id: String, _ user: String, _ minute: Int) -> String {
      #"{"eventID":"\#(id)","eventTime":"2026-01-01T00:0\#(minute):00Z","eventName":"A","userIdentity":{"type":"IAMUser","userName":"\#(user)"}}"#
    }
    let lines = [[line("x", "ops", 1), line("y", "ops", 2), line("z", "eve", 3)].joined(separator: "\n")]
    let part = try Self.explain(rule, "x", [lines])
    #expect(part.isAlert && part.verdict.contains("one of those that the alert"))
    let alone = try Self.explain(rule, "z", [lines])
    #expect(!alone.isAlert && alone.verdict.contains("1 event of eve was counted"), "\(alone.verdict)")
    var sequence = Rule.query("")
    (sequence.type, sequence.language) = (.eql, .eql)
    sequence.query = "sequence by user.name [any where event.action == \"A\"] [any where event.action == \"A\"]"
    #expect(try Self.explain(sequence, "y", [lines]).isAlert)
    #expect(try Self.explain(sequence, "z", [lines]).verdict.contains("no execution found the events"))
  }

  @Test(
    "Of a sequence that does not come about it is said which step the event meets, and why the next did not go with it",
    arguments: [
      (
        "late",
        ["step 1 for user.name ops: the event for step 2, of 2026-01-01T00:03:00.000Z, came 60 s after the span"]
      ),
      ("b-ops", ["step 2 for user.name ops: it came 60 s after the span"]),
      (
        "until",
        ["step 1 for user.name eve: an event of `until` came at 2026-01-01T00:01:10.000Z, before the event for step 2"]
      ),
      (
        "alone",
        ["step 1 for user.name kim: no event for step 2 came after it", "that of 2026-01-01T00:04:10.000Z has others"]
      ),
      ("b-bob", ["step 2 for user.name bob: no event for step 1 came before it with the same values"]),
      ("former", ["step 1 for user.name ann: a later event for the same step, of 2026-01-01T00:04:20.000Z"]),
      (
        "b-ann-2",
        ["step 2 for user.name ann: what was at step 1 had gone on with the event of 2026-01-01T00:04:30.000Z"]
      ),
    ])
  func sequenceFates(_ id: String, _ expected: [String]) throws {
    var rule = Rule.query("")
    (rule.type, rule.language) = (.eql, .eql)
    rule.query = """
      sequence by user.name with maxspan=1m [any where event.action == "A"] [any where event.action == "B"]
      until [any where event.action == "C"]
      """
    func line(_ id: String, _ action: String, _ user: String, _ time: String) -> String {
      #"{"eventID":"\#(id)","eventTime":"2026-01-01T00:0\#(time)Z","eventName":"\#(action)","userIdentity":{"type":"IAMUser","userName":"\#(user)"}}"#
    }
    let lines = [
      line("late", "A", "ops", "1:00"), line("b-ops", "B", "ops", "3:00"), line("until", "A", "eve", "1:00"),
      line("c", "C", "eve", "1:10"), line("b-eve", "B", "eve", "1:20"), line("alone", "A", "kim", "4:00"),
      line("b-bob", "B", "bob", "4:10"), line("former", "A", "ann", "4:15"), line("latter", "A", "ann", "4:20"),
      line("b-ann", "B", "ann", "4:30"), line("b-ann-2", "B", "ann", "4:40"),
    ]
    let told = try Self.explain(rule, id, [[lines.joined(separator: "\n")]])
    guard case .incomplete(let reasons)? = told.executions.first?.result else {
      Issue.record("\(told.executions)")
      return
    }
    #expect(reasons.count == 1)
    for part in expected { #expect(reasons.first?.contains(part) == true, "\(reasons)") }
    #expect(told.verdict.contains(reasons.first ?? "-"), "\(told.verdict)")
  }

  @Test(
    "A step that asks for several events is told once, with which of them the event is",
    arguments: [
      ("d1", "step 1 (1 of 5) for user.name dan: no event for step 1 (4 of 5) came after it within the window"),
      ("d3", "step 1 (3 of 5) for user.name dan: no event for step 1 (4 of 5) came after it within the window"),
      ("d9", "step 2 for user.name dan: no event for step 1 (5 of 5) came before it with the same values"),
      ("e2", "step 1 (2 of 5) for user.name eve: no event for step 2 came after it within the window"),
      ("nobody", "step 1: the event has no value in user.name, by which events are joined"),
    ])
  func runs(_ id: String, _ expected: String) throws {
    var rule = Rule.query("")
    (rule.type, rule.language) = (.eql, .eql)
    rule.query = """
      sequence by user.name with maxspan=30m [any where event.action == "A"] with runs=5 [any where event.action == "B"]
      """
    rule.schedule = RuleSchedule(from: try DateMath("now-40m"))
    func line(_ id: String, _ action: String, _ user: String?, _ minute: Int) -> String {
      let who = user.map { #","userIdentity":{"type":"IAMUser","userName":"\#($0)"}"# } ?? ""
      return #"{"eventID":"\#(id)","eventTime":"2026-01-01T00:0\#(minute):00Z","eventName":"\#(action)"\#(who)}"#
    }
    let lines =
      (1...3).map { line("d\($0)", "A", "dan", $0) } + [line("d9", "B", "dan", 9), line("nobody", "A", nil, 4)]
      + (1...5).map { line("e\($0)", "A", "eve", $0) }
    let told = try Self.explain(rule, id, [[lines.joined(separator: "\n")]])
    guard case .incomplete(let reasons)? = told.executions.last?.result else {
      Issue.record("\(told.executions)")
      return
    }
    #expect(reasons.count == 1 && reasons.first?.contains(expected) == true, "\(reasons)")
    // What several events are asked for is one condition.
    #expect(told.condition?.words == "event.action is “A” or “B”", "\(String(describing: told.condition))")
  }

  @Test(
    "Of a sequence that was ended or forbidden both sides are told who it was, and an event without a join key which it lacks",
    arguments: [
      (
        "c", true,
        "`until` for user.name eve: it ended the sequence that had begun with begun of 2026-01-01T00:01:00.000Z"
      ),
      ("c-idle", true, "`until` for user.name pat: it ended no sequence, since none had begun with the same values"),
      (
        "m", true,
        "step 2, which must be missing, for user.name ops: it forbade the sequence of a-ops of 2026-01-01T00:01:00.000Z, "
          + "b-ops of 2026-01-01T00:01:20.000Z"
      ),
      (
        "m-idle", true,
        "step 2, which must be missing, for user.name pat: it forbade no sequence, since none was whole with the same values"
      ),
      (
        "b-ops", false,
        "step 3 for user.name ops: the sequence was whole, but the event m of 2026-01-01T00:01:10.000Z was there, which must "
          + "be missing by step 2"
      ),
      ("nobody", false, "step 3: the event has no value in user.name, by which events are joined"),
    ])
  func opposedSequences(_ id: String, isOpposed: Bool, _ expected: String) throws {
    var rule = Rule.query("")
    (rule.type, rule.language) = (.eql, .eql)
    rule.query = """
      sequence by user.name with maxspan=1m [any where event.action == "A"] ![any where event.action == "M"]
      [any where event.action == "B"] until [any where event.action == "C"]
      """
    func line(_ id: String, _ action: String, _ user: String?, _ time: String) -> String {
      let identity = user.map { #","userIdentity":{"type":"IAMUser","userName":"\#($0)"}"# } ?? ""
      return
        #"{"eventID":"\#(id)","eventTime":"2026-01-01T00:0\#(time)Z","eventName":"\#(action)"\#(identity)}"#
    }
    let lines = [
      line("a-ops", "A", "ops", "1:00"), line("m", "M", "ops", "1:10"), line("b-ops", "B", "ops", "1:20"),
      line("begun", "A", "eve", "1:00"), line("c", "C", "eve", "1:10"), line("c-idle", "C", "pat", "1:10"),
      line("m-idle", "M", "pat", "1:15"), line("nobody", "B", nil, "1:20"),
    ]
    let told = try Self.explain(rule, id, [[lines.joined(separator: "\n")]])
    let reasons: [String]
    switch told.executions.first?.result {
    case .incomplete(let found)? where !isOpposed: reasons = found
    case .opposed(let found)? where isOpposed: reasons = found
    default:
      Issue.record("\(told.executions)")
      return
    }
    #expect(reasons.count == 1 && reasons.first?.contains(expected) == true, "\(reasons)")
    #expect(told.verdict.contains(expected) && !told.verdict.contains("pipe"), "\(told.verdict)")
  }

  @Test(
    "Of a correlation it is said how many events of the group came of how many asked for, and of which rule none did",
    arguments: [
      (
        "type: event_count", "gte: 3", "f1",
        "for user.name ops: 2 events came within 10 min with it at most, and the rule asks for at least 3"
      ),
      (
        "type: event_count", "gte: 3", "l4",
        "for user.name lee: 1 event came within 10 min with it at most, and the rule asks for at least 3; 3 more are of an "
          + "alert, and count no more"
      ),
      (
        "type: event_count", "gte: 3", "nobody",
        "“failed”: the event has no value in userIdentity.userName, which events are grouped by"
      ),
      (
        "type: value_count", "field: sourceIPAddress, gte: 3", "f1",
        "for user.name ops: 1 different value of sourceIPAddress came within 10 min with it at most, and the rule asks for at "
          + "least 3"
      ),
      ("type: temporal", "", "g1", "for user.name eve: events of “good” came within 10 min with it, none of “failed”"),
      (
        "type: temporal_ordered", "", "f1",
        "for user.name ops: events of “failed” came within 10 min with it, none of “good”"
      ),
      (
        "type: temporal_ordered", "", "a2",
        "for user.name ann: events of “failed”, “good” came within 10 min with it, but not in the order that the rule asks for"
      ),
    ])
  func correlations(_ type: String, _ condition: String, _ id: String, _ expected: String) throws {
    let isTemporal = type.contains("temporal")
    func part(_ name: String, _ action: String) -> String {
      """
      title: \(name)
      name: \(name)
      logsource: { product: aws, service: cloudtrail }
      detection: { s: { eventName: \(action) }, condition: s }
      ---

      """
    }
    let text =
      part("failed", "ConsoleLogin") + part("good", "GetUser")
        + """
        title: together
        correlation:
          \(type)
          rules: [ \(isTemporal ? "failed, good" : "failed") ]
          group-by: [ userIdentity.userName ]
          timespan: 10m
        """ + (condition.isEmpty ? "" : "\n  condition: { \(condition) }")
    let loaded = SigmaHunt.load(text)
    let rule = try #require(loaded.rules.first { $0.rule.name == "together" }?.rule, "\(loaded.diagnostics)")
    func line(_ id: String, _ action: String, _ user: String?, _ minute: Int) -> String {
      let identity = user.map { #","userIdentity":{"type":"IAMUser","userName":"\#($0)"}"# } ?? ""
      return
        #"{"eventID":"\#(id)","eventTime":"2026-01-01T00:0\#(minute):00Z","eventName":"\#(action)","sourceIPAddress":"203.0.113.9"\#(identity)}"#
    }
    let lines =
      [
        line("f1", "ConsoleLogin", "ops", 1), line("f2", "ConsoleLogin", "ops", 2), line("g1", "GetUser", "eve", 3),
        line("a1", "GetUser", "ann", 1), line("a2", "ConsoleLogin", "ann", 2), line("nobody", "ConsoleLogin", nil, 2),
      ] + (1...4).map { line("l\($0)", "ConsoleLogin", "lee", $0) }
    let told = try Self.explain(rule, id, [[lines.joined(separator: "\n")]])
    guard case .incomplete(let reasons)? = told.executions.last?.result else {
      Issue.record("\(told.executions)")
      return
    }
    #expect(reasons == [expected])
    #expect(told.verdict.contains(expected), "\(told.verdict)")
  }

  private static let event =
    #"{"eventID":"x","eventTime":"2026-01-01T00:02:00Z","eventName":"A","awsRegion":"eu-west-1"}"#

  @Test("Every reason for silence has its words")
  func verdicts() throws {
    var folding = Rule.query("event.action: Match", id: "folding")
    folding.alertSuppression = AlertSuppression(groupBy: ["event.provider"])
    let pair = ["one", "two"].enumerated().map { place, id in
      TestEvent(id: id, time: 1_767_225_660_000 + Int64(place) * 1000, provider: "iam").json
    }
    let told = try Self.explain(folding, "two", [[pair.joined(separator: "\n")]])
    #expect(told.isAlert && told.verdict.contains("it is folded into the alert"), "\(told.verdict)")
    func verdict(_ rule: Rule, _ id: String = "x", exceptions: [RuleException] = []) throws -> String {
      try Self.explain(rule, id, [[Self.event]], exceptions: exceptions).verdict
    }
    let rule = Rule.query("event.action: A")
    #expect(try verdict(rule).hasPrefix("Alert: "))
    #expect(try verdict(rule, "y").contains("no event with this id"))
    #expect(try verdict(.query("event.action: B")).contains("query does not match"))
    var other = rule
    other.index = ["other-*"]
    #expect(try verdict(other).contains("does not read the event's data stream logs-aws.cloudtrail-default"))
    other = rule
    other.isEnabled = false
    #expect(try verdict(other).contains("not enabled"))
    other = rule
    other.type = .machineLearning
    #expect(try verdict(other).contains("does not run"))
    other = try Rule.newTerms("event.action: A", ["user.name"], history: "now-1d")
    #expect(try verdict(other).contains("no value in user.name"))
    other = rule
    other.timestampOverride = "event.end"
    other.timestampOverrideFallbackDisabled = true
    #expect(try verdict(other).contains("timestamp field"))
    let exception = RuleException(
      predicate: .test(.named("cloud.region"), .match("eu-west-1")), name: "our region", place: "noise.toml:3")
    #expect(try verdict(rule, exceptions: [exception]).contains("“our region” takes the event out"))
  }
}
