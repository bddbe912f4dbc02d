import CloudTrail
import Detection
import Events
import Inputs
import JSON
import Query
import Rules

/// Reads bytes as a file of events, and does with the events what the tool does: hunts, searches, writes them.
struct InputTarget: Sendable {
  static let shared = InputTarget()

  private let plan: HuntPlan
  private let queries: QuerySet
  private let query: BoundQuery
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)
  static let context = EventContext(readAt: now)

  private init() {
    var loaded = RuleLoader.load(text: Self.rules, file: "fuzz.ndjson").rules.map(\.rule)
    for at in loaded.indices { loaded[at].isEnabled = true }
    precondition(loaded.count == 2, "the rules of the target are sound")
    plan = HuntPlan(loaded, context: Self.context, query: RuleQuery.predicate)
    precondition(plan.rules.count == 2, "the rules of the target run")
    var queries = QuerySet(now: Self.now)
    guard let predicate = try? KQL.parse("not a.b.*: x and (*: *a* or source.ip: 10.0.0.0/8 or user: { name: a })")
    else {
      preconditionFailure("the query of the target is sound")
    }
    query = queries.add(predicate)
    self.queries = queries
  }

  /// Once as a file that was named, once as one that was found, whose start must say what it is: it is read as a stream.
  func run(_ bytes: [UInt8]) {
    run(bytes, isNamed: true)
    run(bytes, isNamed: false)
  }

  private func run(_ bytes: [UInt8], isNamed: Bool) {
    let consumer = Consumer(plan, queries, query)
    do {
      let (summary, findings) = try InputReader.read(
        bytes, named: "fuzz", isNamed: isNamed, registry: EventRegistry(), consumer)
      guard let first = summary.earliest, let last = summary.latest else { return }
      // The schedule of centuries is long, not wrong.
      guard last.milliseconds - first.milliseconds < 400 * 86_400_000 else { return }
      var result = HuntResult(plan, HuntFindings(merging: [findings]), replay: Replay(events: first...last))
      let wanted = try result.contextPlan(inputEnd: last)
      let context = ContextCollector(wanted, context: Self.context)
      try result.add(
        wanted, [InputReader.read(bytes, named: "fuzz", isNamed: isNamed, registry: EventRegistry(), context).result])
      try result.forEachAlert { alert in
        precondition((try? JSONDocument(alert.json[...])) != nil, "an alert is valid JSON")
      }
    } catch {
      // Errors are how input is refused.
    }
  }

  /// Hunts in a batch, searches it, maps its events as they are stored, and writes them.
  private final class Consumer: RecordConsumer {
    private let hunt: HuntCollector
    private let evaluator: QueryEvaluator
    private let query: BoundQuery
    private let mapper: EventMapper
    private let byTokens = Consumer.mapperOfAll()
    private let byThemselves = Consumer.mapperOfAll()
    private let writer = EventJSON(InputTarget.context)
    private let indexer = StructuralIndexer()

    init(_ plan: HuntPlan, _ queries: QuerySet, _ query: BoundQuery) {
      hunt = HuntCollector(plan)
      evaluator = QueryEvaluator(queries)
      self.query = query
      mapper = EventMapper(
        queries.plan, context: InputTarget.context, flattenedRoots: FieldCatalog.standard.flattenedRoots)
    }

    private static func mapperOfAll() -> EventMapper {
      EventMapper(.all, context: InputTarget.context, flattenedRoots: FieldCatalog.standard.flattenedRoots)
    }

    var leanFields: [LeanField] { hunt.leanFields }
    var wantsTokens: Bool { true }

    func consume(_ batch: RecordBatch) throws {
      try hunt.consume(batch)
      mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, rows in
        evaluator.begin(events)
        _ = evaluator.rows(query)
      }
      // Nobody can tell whether a record was mapped by the tokens of its text.
      let few = Array(batch.rows.indices.suffix(50))
      let events = byTokens.batch(of: batch, rows: few)
      let alone = byThemselves.batch(of: RecordBatch(leanFields: [], rows: batch.rows), rows: few)
      precondition(
        Self.texts(events) == Self.texts(alone), "a record among others is mapped as it is mapped by itself")
      for row in batch.rows {
        var text: [UInt8] = []
        try writer.append(row, to: &text)
        precondition((try? JSONDocument(text[...])) != nil, "an event is written as valid JSON")
      }
    }

    private static func texts(_ events: EventBatch) -> [String: [[String]]] {
      events.columnByPath.mapValues { place in
        let column = events.columns[place]
        return (0..<events.rowCount).map { column.codes(row: $0).map { column.dictionary.text($0) } }
      }
    }

    func finish() -> HuntFindings { hunt.finish() }
  }

  private static let rules = """
    {"rule_id":"fuzz-1","name":"All","description":"d","severity":"low","risk_score":1,"type":"query","language":"kuery","index":["*"],"query":"not event.action: zzz"}
    {"rule_id":"fuzz-2","name":"New","description":"d","severity":"low","risk_score":1,"type":"new_terms","language":"kuery","index":["*"],"query":"event.action: *","new_terms_fields":["user.name","tags"],"history_window_start":"now-1d"}
    """
}
