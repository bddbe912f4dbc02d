import CloudTrail
import Detection
import Events
import JSON
import Query
import Rules

/// Runs one rule over the events of one test, by the same steps as a hunt runs all rules over files.
struct TestHunt {
  /// Why a test cannot be run, as a sentence; `event` is the number of the event at fault.
  struct Failure: Error {
    var event: Int?
    var message: String
  }

  struct FoundAlert {
    /// When the execution was scheduled.
    var tick: Timestamp
    var terms: [JSONValue]
    var severity: Severity
  }

  /// What a hunt made of the events, by their numbers.
  struct Outcome {
    var alerts: [[FoundAlert]]
    /// Events that were left out because an earlier one has their id.
    var duplicates: Set<Int> = []
    /// Alerts that were never created because of `max_signals`.
    var lost = 0
  }

  /// JSON texts one behind the other, each with the zeros behind it that the scanner wants.
  private struct Texts {
    var bytes: [UInt8] = []
    var ranges: [Range<Int>] = []

    init(_ records: some Sequence<JSONValue>) {
      for record in records {
        let start = bytes.count
        record.append(to: &bytes)
        ranges.append(start..<bytes.count)
        bytes.append(contentsOf: repeatElement(0, count: 64))
      }
    }
  }

  private struct Source: Hashable {
    var id: String
    var time: Timestamp
  }

  private let rule: Rule
  private let query: @Sendable (Rule) throws -> Predicate
  private let steps: EQLPlan?
  private let catalog: FieldCatalog
  private let lookups: LookupData

  /// `query` stands in for the rule's own query and filters where a part of them is asked about, and `steps` for what a rule
  /// on several events asks of each.
  init(
    _ rule: Rule, catalog: FieldCatalog = .standard, lookups: LookupData = .none, steps: EQLPlan? = nil,
    query: (@Sendable (Rule) throws -> Predicate)? = nil
  ) {
    self.lookups = lookups
    self.steps = steps
    var rule = rule
    // A rule that is not to run yet is tested all the same.
    rule.isEnabled = true
    self.rule = rule
    self.catalog = catalog
    self.query = query ?? { try RuleQuery.predicate($0, catalog) }
  }

  /// Why the rule cannot run, as a sentence; nil when it can.
  var unrunnableReason: String? {
    let now = Timestamp(milliseconds: 0)
    return plan(EventContext(readAt: now), now).unrunnable.first?.reason
  }

  private func plan(_ context: EventContext, _ now: Timestamp) -> HuntPlan {
    HuntPlan(
      [rule], context: context, catalog: catalog, tables: lookups.tables, indicators: found(at: now),
      steps: { [steps] _ in steps }, query: query)
  }

  /// The indicators as they are found in a list of the name that the rule looks for.
  private func found(at now: Timestamp) -> Indicators {
    guard rule.type == .threatMatch, let name = rule.threatMatch?.index.first else { return .none }
    let plan = IndicatorPlan([rule], context: EventContext(readAt: now), catalog: catalog)
    let collector = IndicatorCollector(plan, list: name)
    let texts = Texts(
      lookups.indicators.enumerated().map { number, document -> JSONValue in
        ["_index": .string(name), "_id": .string("indicator \(number + 1)"), "_source": document]
      })
    return texts.bytes.withUnsafeBufferPointer { bytes in
      let scanner = RecordScanner(leanFields: [], registry: EventRegistry(remembers: false))
      scanner.beginBatch()
      for (number, range) in texts.ranges.enumerated() {
        var region = TextRegion(file: "indicator \(number + 1)")
        region.isOfDocuments = true
        scanner.scan(UnsafeBufferPointer(rebasing: bytes[range]), of: region)
      }
      scanner.finishBatch()
      try? collector.consume(scanner.batch)
      return Indicators(plan, [collector.finish()])
    }
  }

  /// Replays the rule's schedule over records, which need not be in the order of time.
  func run(_ records: some Collection<(record: JSONValue, time: Timestamp)>) throws -> Outcome {
    let now = records.map(\.time).max() ?? Timestamp(milliseconds: 0)
    let context = EventContext(readAt: now)
    let plan = plan(context, now)
    if let unrunnable = plan.unrunnable.first { throw Failure(event: nil, message: unrunnable.reason) }
    let texts = Texts(records.lazy.map(\.record))
    var winners: [EventIdentity: UInt32] = [:]
    while true {
      let registry = EventRegistry(winners: winners)
      let outcome = try texts.bytes.withUnsafeBufferPointer { try hunt($0, texts.ranges, plan, context, registry) }
      // Different records under one id: as in a hunt, the choice between them does not depend on their order.
      guard registry.needsAnotherReading else { return outcome }
      winners.merge(registry.conflictWinners, uniquingKeysWith: min)
    }
  }

  /// The rows that each of several queries matches among records, whatever index the rule reads; nil where records share
  /// an id, so that some of them do not count.
  static func matches(
    of queries: [Predicate], in records: some Collection<(record: JSONValue, time: Timestamp)>, catalog: FieldCatalog
  ) -> [Bitmap]? {
    let now = records.map(\.time).max() ?? Timestamp(milliseconds: 0)
    var set = QuerySet(catalog: catalog, now: now)
    let bound = queries.map { set.add($0) }
    let mapper = EventMapper(
      set.plan, context: EventContext(readAt: now), flattenedRoots: catalog.flattenedRoots)
    let texts = Texts(records.lazy.map(\.record))
    return texts.bytes.withUnsafeBufferPointer { bytes in
      let scanner = RecordScanner(leanFields: [], registry: EventRegistry())
      scanner.beginBatch()
      for range in texts.ranges { scanner.scan(UnsafeBufferPointer(rebasing: bytes[range]), of: TextRegion(file: "")) }
      scanner.finishBatch()
      let rows = scanner.batch.rows.count
      guard rows == texts.ranges.count else { return nil }
      let evaluator = QueryEvaluator(set)
      evaluator.begin(mapper.batch(of: scanner.batch, rows: Array(0..<rows)))
      return bound.map { evaluator.rows($0).bitmap(rowCount: rows) }
    }
  }

  private func hunt(
    _ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>], _ plan: HuntPlan, _ context: EventContext,
    _ registry: EventRegistry
  ) throws -> Outcome {
    var outcome = Outcome(alerts: Array(repeating: [], count: ranges.count))
    let collector = HuntCollector(plan)
    let scanner = RecordScanner(leanFields: collector.leanFields, registry: registry)
    scanner.beginBatch()
    var events: [Int] = []
    for (number, range) in ranges.enumerated() {
      let duplicates = scanner.batch.duplicates
      scanner.scan(UnsafeBufferPointer(rebasing: bytes[range]), of: TextRegion(file: String(number)))
      if scanner.batch.rows.count > events.count {
        events.append(number)
      } else if scanner.batch.duplicates > duplicates {
        outcome.duplicates.insert(number)
      } else {
        let problem = scanner.problems.problems.first { $0.file == String(number) }
        let cause = problem.map { "\($0.cause.rawValue), \($0.detail)" } ?? "unknown form"
        throw Failure(event: number, message: "The event makes no record: \(cause).")
      }
    }
    scanner.finishBatch()
    let rows = scanner.batch.rows
    guard let first = rows.map(\.time).min(), let last = rows.map(\.time).max() else { return outcome }
    let sources = try sources(rows, events, context)
    try collector.consume(scanner.batch)
    let result = HuntResult(plan, HuntFindings(merging: [collector.finish()]), replay: Replay(events: first...last))
    if let refused = result.refused.first { throw Failure(event: nil, message: refused.reason) }
    outcome.lost = result.outcomes.reduce(0) { $0 + $1.lost }
    try result.forEachAlert { alert in
      guard let event = sources[Source(id: alert.lastEvent.id, time: alert.lastEvent.time)] else {
        throw Failure(event: nil, message: "An alert stands on an event that the test does not hold.")
      }
      outcome.alerts[event].append(
        FoundAlert(tick: alert.tick, terms: alert.newTerms.map(\.value), severity: alert.severity))
    }
    return outcome
  }

  /// Which event an alert's ancestor is.
  private func sources(_ rows: [RecordRow], _ events: [Int], _ context: EventContext) throws -> [Source: Int] {
    let writer = EventJSON(context)
    var sources: [Source: Int] = [:]
    for (row, event) in zip(rows, events) {
      var text: [UInt8] = []
      try writer.append(row, to: &text)
      let document = try JSONDocument(text[...])
      let id = try writer.documentID(row) ?? EventFields(document.root).first("event.id") ?? row.id.text
      if sources.updateValue(event, forKey: Source(id: id, time: row.time)) != nil {
        throw Failure(
          event: event, message: "Another event has the same id at the same time; give each its own.")
      }
    }
    return sources
  }
}

extension NewTerm {
  /// The value with its JSON type.
  fileprivate var value: JSONValue {
    switch kind {
    case .string: .string(text)
    case .boolean: .bool(text == "true")
    case .number: Int64(text).map { .integer($0) } ?? Double(text).map(JSONValue.double) ?? .string(text)
    }
  }
}
