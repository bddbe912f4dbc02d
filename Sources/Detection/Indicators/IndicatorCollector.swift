import CloudTrail
import Events
import Query

/// Gathers the indicators of rules out of documents. One worker's own.
public final class IndicatorCollector: RecordConsumer {
  private let plan: IndicatorPlan
  /// The name of the list that the documents stand in; nil where they name their data streams themselves.
  private let list: String?
  private let mapper: EventMapper
  private let evaluator: QueryEvaluator
  private var memory: MemoryShare
  private var kept = KeptRecords()
  private var builders: [IndicatorSetBuilder]
  private var streams: [String: [Bool]] = [:]
  private let readsRecords: Bool
  /// Documents of indicators that found no room.
  private var left = 0

  /// Data streams of which it is remembered which rules look into them.
  private static let mostStreams = 1024

  public init(_ plan: IndicatorPlan, list: String? = nil) {
    self.plan = plan
    self.list = list
    mapper = EventMapper(plan.queries.plan, context: plan.context, flattenedRoots: plan.catalog.flattenedRoots)
    evaluator = QueryEvaluator(plan.queries)
    memory = MemoryShare(plan.memory)
    builders = plan.questions.map { IndicatorSetBuilder($0.mapping) }
    readsRecords = plan.reads(plan.context.dataStream)
  }

  public func consume(_ batch: RecordBatch) throws {
    guard !plan.isEmpty else { return }
    // Records of CloudTrail are all of one data stream.
    let chosen = batch.rows.indices.filter { readsRecords || list != nil || batch.rows[$0].kind == .ecs }
    guard !chosen.isEmpty else { return }
    try mapper.forEachBatch(of: batch, rows: chosen) { events, rows in
      evaluator.begin(events)
      defer { evaluator.end() }
      let reading = (0...events.dataStream.dictionary.count).map { code in
        readers(of: code == 0 ? "" : events.dataStream.dictionary.text(UInt32(code)))
      }
      var numbers: [Int: UInt32] = [:]
      for (place, question) in plan.questions.enumerated() {
        var isLookingAt = Bitmap(count: events.rowCount)
        for row in 0..<events.rowCount where reading[Int(events.dataStream.code(row: row))][place] {
          isLookingAt.insert(row)
        }
        guard !isLookingAt.isEmpty else { continue }
        builders[place].note(met: isLookingAt.cardinality, in: list)
        let matching = evaluator.rows(question.query)
        let ofNetworks = question.ofNetworks.map { evaluator.rows($0.query) } ?? .none
        var fault: (any Error)?
        isLookingAt.forEach { row in
          guard fault == nil else { return }
          let isNetwork = question.ofNetworks != nil && hasNetwork(events, row, question)
          guard (isNetwork ? ofNetworks : matching).contains(row) else { return }
          let condition = condition(question, row, isNetwork: isNetwork)
          do {
            try add(batch.rows[rows[row]], rows[row], events, row, question, place, condition, &numbers)
          } catch {
            fault = error
          }
        }
        if let fault { throw fault }
      }
    }
  }

  private func readers(of stream: String) -> [Bool] {
    if let known = streams[stream] { return known }
    let reading = plan.questions.map { question in
      list.map(question.reads(list:)) ?? (!stream.isEmpty && question.pattern.matches(stream))
    }
    if streams.count < Self.mostStreams { streams[stream] = reading }
    return reading
  }

  /// Whether a row has a network where an address would stand.
  private func hasNetwork(_ events: EventBatch, _ row: Int, _ question: IndicatorPlan.Question) -> Bool {
    zip(question.mapping.indicatorFields, question.columns).contains { field, column in
      let column = events.columns[column]
      return field.type == .ip
        && column.codes(row: row).contains { code in
          column.dictionary.withValue(code) {
            $0.kind == .string && $0.bytes.contains(UInt8(ascii: "/")) && IPAddress.range(cidr: $0.text) != nil
          }
        }
    }
  }

  /// Adds an indicator of the rule at a place.
  private func add(
    _ record: RecordRow, _ number: Int, _ events: EventBatch, _ row: Int, _ question: IndicatorPlan.Question,
    _ place: Int, _ condition: TimeCondition, _ numbers: inout [Int: UInt32]
  ) throws {
    guard condition != .never, builders[place].read(events, question.columns, row) else { return }
    guard memory.take(builders[place].readBytes + (numbers[number] == nil ? 120 : 0)) else {
      left += 1
      return
    }
    let kept = try numbers[number] ?? self.kept.keep(record)
    numbers[number] = kept
    let head = events.heads[row]
    builders[place].append(
      time: head.time.milliseconds, id: head.identity.id, KeptReference(number: kept), condition)
  }

  /// Which executions see an indicator that the rule's question may choose.
  private func condition(_ question: IndicatorPlan.Question, _ row: Int, isNetwork: Bool) -> TimeCondition {
    let open = isNetwork ? question.ofNetworks?.open : question.openQuery
    guard open != nil || !question.expiringExceptions.isEmpty else { return .always }
    var parts = open.map { [evaluator.condition($0, row: row)] } ?? []
    for exception in question.expiringExceptions {
      let ended = TimeCondition.notBefore(Timestamp(milliseconds: exception.unknownFrom))
      parts.append(.some([evaluator.condition(exception.query, row: row).opposite, ended]))
    }
    return .every(parts)
  }

  public var problems: ProblemLog {
    var problems = mapper.problems
    if left > 0 {
      var problem = RecordProblem(
        file: list ?? "indicators", cause: .noRoom,
        detail: "an indicator is not remembered, since what is remembered of them has \(memory.limit >> 20) MiB")
      problem.count = left
      problems.note(problem)
    }
    return problems
  }

  public func finish() -> FoundIndicators { FoundIndicators(builders: builders, texts: [kept]) }
}

/// The indicators that a worker found, by the places of rules among those that look for them.
public struct FoundIndicators: Sendable {
  var builders: [IndicatorSetBuilder]
  var texts: [any EventTexts]
}
