import CloudTrail
import Events
import Query

/// Gathers the indicators of rules out of documents. One worker's own.
///
/// Documents come as records, whose texts it keeps, or as columns of somebody who keeps their texts himself.
public final class IndicatorCollector: RecordConsumer {
  private let plan: IndicatorPlan
  /// The name of the list that the documents stand in; nil where they name their data streams themselves.
  private let list: String?
  private let mapper: EventMapper
  private let evaluator: QueryEvaluator
  private var memory: MemoryShare
  private var kept = KeptRecords()
  private var builders: [IndicatorSetBuilder]
  /// By field of the plan.
  private var terms: [IndicatorTerms]
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
    builders = plan.questions.map { IndicatorSetBuilder($0) }
    terms = plan.fields.map { IndicatorTerms($0.type) }
    readsRecords = plan.reads(plan.context.dataStream)
  }

  public func consume(_ batch: RecordBatch) throws {
    guard !plan.isEmpty else { return }
    // Records of CloudTrail are all of one data stream.
    let chosen = batch.rows.indices.filter { readsRecords || list != nil || batch.rows[$0].kind == .ecs }
    guard !chosen.isEmpty else { return }
    try mapper.forEachBatch(of: batch, rows: chosen) { events, rows in
      try gather(events, keptBytes: KeptRecords.placeBytes * 2, source: Self.ownSource, time: { events.heads[$0].time })
      {
        try kept.keep(batch.rows[rows[$0]])
      }
    }
  }

  /// The source of texts that the collector keeps, and that of those that somebody else does.
  private static let ownSource: UInt32 = 0
  private static let otherSource: UInt32 = 1

  /// What documents that come as columns are put into; nil where rules ask for what only records are asked for.
  ///
  /// - Parameter list: the name of the list, as which they belong to an index.
  public func makeDocuments(of list: String) -> DocumentColumns? {
    DocumentColumns(plan.queries.plan, context: plan.context, flattenedRoots: plan.catalog.flattenedRoots, index: list)
  }

  /// Looks for indicators among documents of the list that come as columns.
  ///
  /// - Parameters:
  ///   - times: of each document its time, `Timestamp.missing` where it has none.
  ///   - keptBytes: what it takes to keep a document beside its text.
  ///   - keep: keeps the document of a row and gives its number among the texts that `finish` is given.
  public func consume(
    _ documents: EventBatch, times: [Timestamp], keptBytes: Int, keep: (Int) throws -> UInt32
  ) throws {
    try gather(documents, keptBytes: keptBytes, source: Self.otherSource, time: { times[$0] }, keep: keep)
  }

  private func gather(
    _ events: EventBatch, keptBytes: Int, source: UInt32, time: (Int) -> Timestamp, keep: (Int) throws -> UInt32
  ) throws {
    evaluator.begin(events)
    defer { evaluator.end() }
    let reading = (0...events.dataStream.dictionary.count).map { code in
      readers(of: code == 0 ? "" : events.dataStream.dictionary.text(UInt32(code)))
    }
    let columns = plan.columns.map { events.columns[$0] }
    for place in terms.indices { terms[place].begin(columns[place]) }
    defer { for place in terms.indices { terms[place].end() } }
    var numbers = [UInt32?](repeating: nil, count: events.rowCount)
    for (place, question) in plan.questions.enumerated() {
      var isLookingAt = Bitmap(count: events.rowCount)
      for row in 0..<events.rowCount where reading[Int(events.dataStream.code(row: row))][place] {
        isLookingAt.insert(row)
      }
      guard !isLookingAt.isEmpty else { continue }
      builders[place].note(met: isLookingAt.cardinality, in: list)
      let own = question.fields.map { columns[$0] }
      let matching = evaluator.rows(question.query)
      let ofNetworks = question.ofNetworks.map { evaluator.rows($0.query) } ?? .none
      var fault: (any Error)?
      isLookingAt.forEach { row in
        guard fault == nil else { return }
        let isNetwork = question.ofNetworks != nil && hasNetwork(own, row, question)
        guard (isNetwork ? ofNetworks : matching).contains(row) else { return }
        let condition = condition(question, row, isNetwork: isNetwork)
        guard condition != .never else { return }
        // Values would be kept though their indicator is not.
        guard !memory.isUsedUp else { return left += 1 }
        let needed = numbers[row] == nil ? keptBytes : 0
        guard builders[place].read(own, row, &terms), hasRoom(for: builders[place].readBytes + needed) else {
          return builders[place].drop()
        }
        do {
          let number = try numbers[row] ?? keep(row)
          numbers[row] = number
          builders[place].append(time: time(row), KeptReference(source: source, number: number), condition)
        } catch {
          builders[place].drop()
          fault = error
        }
      }
      if let fault { throw fault }
    }
  }

  private func hasRoom(for bytes: Int) -> Bool {
    let isThere = memory.take(bytes)
    if !isThere { left += 1 }
    return isThere
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
  private func hasNetwork(_ columns: [Column], _ row: Int, _ question: IndicatorPlan.Question) -> Bool {
    zip(question.mapping.indicatorFields, columns).contains { field, column in
      field.type == .ip
        && column.codes(row: row).contains { code in
          column.dictionary.withValue(code) {
            $0.kind == .string && $0.bytes.contains(UInt8(ascii: "/")) && IPAddress.range(cidr: $0.text) != nil
          }
        }
    }
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

  public func finish() -> FoundIndicators { finish([kept]) }

  /// - Parameter texts: those of the documents that came as columns.
  public func finish(_ texts: any IndicatorTexts) -> FoundIndicators { finish([kept, texts]) }

  private func finish(_ texts: [any IndicatorTexts]) -> FoundIndicators {
    FoundIndicators(builders: builders, terms: terms.map(\.dictionary), texts: texts)
  }
}

/// The indicators that a worker found, by the places of rules among those that look for them.
public struct FoundIndicators: Sendable {
  var builders: [IndicatorSetBuilder]
  /// By field of the plan the values of all.
  var terms: [ValueDictionary]
  var texts: [any IndicatorTexts]
}
