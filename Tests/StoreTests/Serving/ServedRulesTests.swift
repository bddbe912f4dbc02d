import Alerts
import CloudTrail
import Detection
import Events
import Ingestion
import JSON
import Query
import Rules
import Running
import Store
import TestSupport
import Testing

/// What is made of stored events is the same over every store, and the same as over files.
@Suite("Rules, searches, context and explanations over every store") struct ServedRulesTests {
  private static func source<Store: ServingStore>(_ store: Store) -> any EventSource { StoreSource(store: store) }

  /// Runs a test over the same events in files and in a store of each kind.
  private static func withSources(
    _ seed: UInt64, _ body: (ServedEvents, _ name: String, any EventSource) async throws -> Void
  ) async throws {
    let events = ServedEvents(seed: seed)
    try await body(events, "files, seed \(seed)", FileSource(events))
    for kind in StoreKind.allCases {
      try await kind.serving { (store) async throws in
        var stored = AppendOutcome()
        for file in events.files { stored = try await stored + store.ingest(file) }
        // The row of the event that is updated counts no longer.
        #expect(stored.replaced == 1 && stored.duplicates == 2)
        try await body(events, "\(kind), seed \(seed)", source(store))
      }
    }
  }

  private static func indicators(_ rules: [Rule], _ source: any EventSource) async throws -> Indicators {
    let plan = ServedRules.indicatorPlan(rules)
    let (found, _) = try await source.read(counting: nil, asking: nil, times: nil) { IndicatorCollector(plan) }
    return Indicators(plan, found)
  }

  @Test(
    "A hunt with rules of every type makes the alerts of a hunt over files",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func hunt(seed: UInt64) async throws {
    let rules = try ServedRules.all()
    #expect(Set(rules.map(\.type)).isSuperset(of: Set(RuleType.allCases).subtracting([.machineLearning])))
    var expected: [String]?
    try await Self.withSources(seed) { events, name, source in
      let plan = ServedRules.plan(rules, try await Self.indicators(rules, source))
      #expect(plan.unrunnable.map(\.reason) == [])
      let result = try await source.hunt(plan)
      for outcome in result.outcomes where stands(seed) {
        #expect(outcome.alerts > 0, "\(outcome.rule.ruleID), \(name)")
      }
      let documents = try result.documents()
      #expect(expected ?? documents == documents, "\(name)")
      expected = documents
      // What alerts tell of other events is there as well.
      #expect(!stands(seed) || documents.contains { $0.contains(#""former":"known""#) }, "\(name)")
    }
  }

  @Test("A search by text finds what it finds in files", arguments: [UInt64.random(in: 0...UInt64.max)])
  func search(seed: UInt64) async throws {
    let times = Timestamp(milliseconds: 1_767_250_000_000)...Timestamp(milliseconds: 1_767_350_000_000)
    let searches: [(String, ClosedRange<Timestamp>?)] = [
      ("user.name: ann", nil), ("event.action: (DeleteTrail or StopLogging) and not user.name: ben", times),
      ("source.ip: 203.0.113.0/24", times), ("*", nil),
      ("_index: logs-n*.flow-* and source.ip: 203.0.113.4", nil), ("_index: \"logs-ti_feed-default\"", nil),
      ("_id: (flow-260 or i1 or \"00000000-0000-4000-8000-000000000009\")", nil),
    ]
    var expected: [String: [String]] = [:]
    try await Self.withSources(seed) { _, name, source in
      for (text, times) in searches {
        var queries = QuerySet(catalog: .standard, now: ServedEvents.now)
        let query = queries.add(try KQL.parse(text))
        // What stands in texts alone is asked of nothing else.
        for question in queries.plan.asksTexts ? [nil] : [nil, (queries, query)] {
          let found = try await source.read(counting: nil, asking: question, times: times) { [queries] in
            MatchCollector(queries, query, times)
          }.results.flatMap(\.self).sorted()
          #expect(!found.isEmpty && expected[text] ?? found == found, "\(text), \(name)")
          expected[text] = found
        }
      }
    }
  }

  @Test(
    "Context counts what a principal did as over files, and an explanation says the same",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func contextAndExplanation(seed: UInt64) async throws {
    let rules = try ServedRules.all()
    var expected: [String]?
    try await Self.withSources(seed) { events, name, source in
      var told: [String] = []
      let fields = [
        "event.action": "CreateUser", "event.id": events.ids[20],
        "aws.cloudtrail.user_identity.arn": "arn:aws:iam::111122223333:user/ann",
      ]
      let middle = Timestamp(milliseconds: 1_767_300_000_000)
      let alert = WrittenAlert(id: "a", rule: "R", severity: "low", time: middle) { fields[$0] }
      let context = ContextPlan(
        [alert], inputStart: ServedEvents.times.lowerBound, inputEnd: ServedEvents.times.upperBound)
      var queries = QuerySet(catalog: .standard, now: ServedEvents.now)
      let query = queries.add(context.question)
      let (parts, _) = try await source.read(counting: nil, asking: (queries, query), times: context.window) {
        ContextCollector(context, context: ServedEvents.context, catalog: .standard)
      }
      told += context.contexts(of: [alert], parts).contexts.map { $0?.text ?? "" }
      #expect(!stands(seed) || told[0].contains("ListUsers"))
      let indicators = try await Self.indicators(rules, source)
      for (at, rule) in rules.enumerated() {
        let plan = ServedRules.plan([rule], indicators, keepsAll: true)
        for id in [events.ids[20 + at], at % 2 == 0 ? events.ids[0] : events.ids.last ?? ""] {
          let (parts, deliveries) = try await source.read(counting: EventID(named: id), asking: nil, times: nil) {
            ExplainCollector(plan, id: id)
          }
          let explainer = Explainer(
            plan, rule, predicate: try? RuleQuery.predicate(rule, .standard), exceptions: [], now: ServedEvents.now)
          // Files tell that an event was delivered twice; a store has it once.
          let replay = Replay(events: ServedEvents.times)
          let found = try ExplainFindings(plan, parts, id: id, replay: replay)
          told.append(try explainer.explain(found, deliveries: min(1, deliveries)).json.text)
        }
      }
      #expect(expected ?? told == told, "\(name)")
      expected = told
    }
  }

  // MARK: Runs

  private struct Quiet: RunNotices {
    func warn(_ words: String) {}
    func close(_ words: String) {}
    func fail(_ words: String) {}
  }

  /// Runs all rules over the executions of all events.
  private static func run<Store: ServingStore>(
    _ store: Store, _ alerts: AlertStore, keepsAnswers: Bool
  ) async throws -> (made: MadeAlerts, outcome: AlertStore.RunOutcome, notRead: [MissingPart]) {
    let rules = try ServedRules.all()
    let snapshot = try await store.snapshot()
    let questions = ServedRules.indicatorPlan(rules)
    let stored = try await StoredIndicators.read(
      snapshot, questions, now: ServedEvents.now, dataStream: ServedEvents.context.dataStream)
    let plan = ServedRules.plan(rules, Indicators(questions, stored.found))
    var run = RuleRun(store, snapshot, alerts, plan, now: ServedEvents.now)
    run.view = .replayed
    run.keepsAnswers = keepsAnswers
    let span = RunSpan(first: ServedEvents.times.lowerBound, last: ServedEvents.times.upperBound)
    let made = try await run.run(span)
    return (made, try run.keep(made, span, seconds: 1, Quiet()), stored.missing)
  }

  private static func documents(_ made: MadeAlerts) -> [String] {
    made.documents.map { String(decoding: $0.document, as: UTF8.self) }.sorted()
  }

  @Test("A run keeps the same alerts whatever keeps the events, and asks again only what no store keeps answers of")
  func runs() async throws {
    let events = ServedEvents(seed: 5)
    var expected: [String]?
    for kind in StoreKind.allCases {
      try await kind.serving { (store) async throws in
        for file in events.files { try await store.ingest(file) }
        let scratch = try Scratch()
        let alerts = try AlertStore(folder: scratch.path, isReadOnly: false)
        let (made, first, _) = try await Self.run(store, alerts, keepsAnswers: true)
        #expect(made.missing.isEmpty && made.summary.known == 0 && made.summary.asked > 0, "\(kind)")
        let documents = Self.documents(made)
        #expect(first.new > 20 && expected ?? documents == documents, "\(kind)")
        expected = documents
        let (again, second, _) = try await Self.run(store, alerts, keepsAnswers: true)
        #expect(Self.documents(again) == documents && second.new + second.revised + second.contradicted == 0, "\(kind)")
        #expect((again.summary.known > 0) == (kind == .segments), "\(kind)")
      }
    }
  }

  @Test(
    "A run over a store of which a part is damaged says what is missing, and makes the alerts of the rest",
    arguments: Damage.allCases)
  func damage(_ damage: Damage) async throws {
    let events = ServedEvents(seed: 6)
    var expected: (whole: Int, documents: [String], missing: [Int])?
    for kind in StoreKind.allCases {
      try await kind.serving { (store) async throws in
        for file in events.files { try await store.ingest(file) }
        let count = try await Self.parts(store)[0].eventCount
        let scratch = try Scratch()
        let (whole, _, _) = try await Self.run(
          store, AlertStore(folder: scratch.path, isReadOnly: false), keepsAnswers: false)
        let other = try Scratch()
        let alerts = try AlertStore(folder: other.path, isReadOnly: false)
        let (made, _, _) = try await Self.run(store.damaging(damage), alerts, keepsAnswers: false)
        let documents = Self.documents(made)
        switch damage {
        case .columns:
          // Texts say the same: what is missing is told of what alerts tell of other events.
          #expect(made.summary.missing.isEmpty && documents.count == whole.documents.count, "\(kind)")
        case .everything, .texts:
          #expect(made.summary.missing.count == 1 && documents.count < whole.documents.count, "\(kind)")
          #expect(made.summary.missing.first.map { $0.count } == count, "\(kind)")
        }
        for missing in made.missing { #expect(missing.dataStream == ServedEvents.context.dataStream, "\(missing)") }
        #expect(expected?.documents ?? documents == documents, "\(kind)")
        #expect(expected?.missing ?? made.missing.map(\.count) == made.missing.map(\.count), "\(kind)")
        expected = (whole.documents.count, documents, made.missing.map(\.count))
      }
    }
  }

  private static func parts<Store: ServingStore>(_ store: Store) async throws -> [any EventPart] {
    try await store.snapshot().parts
  }
}
