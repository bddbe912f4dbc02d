import ArgumentParser
import CloudTrail
import Events
import Inputs
import Outputs
import Query

extension SearchCommand {
  /// Refuses options that shape what other languages give: in ES|QL the query does that itself.
  func validateESQL() throws {
    let others: [(name: String, isGiven: Bool)] = [
      ("--fields", fields != nil), ("--sort", sort != nil), ("--limit", limit != nil), ("--by", by != nil),
      ("--histogram", histogram), ("--interval", interval != nil), ("--index", index != nil),
    ]
    if let other = others.first(where: \.isGiven) {
      throw ValidationError("\(other.name) is not for ES|QL: the query says it (FROM, KEEP, SORT, LIMIT, STATS).")
    }
    guard format != .count else {
      throw ValidationError("--format count is not for ES|QL: end the query with | STATS COUNT(*).")
    }
    if try parsedESQL().needsEvents { try input.checkGiven() }
  }

  private func parsedESQL() throws -> ESQLQuery {
    do {
      return try ESQLQuery(query)
    } catch {
      throw ValidationError("the query cannot be read.\n\(error.rendered)")
    }
  }

  private func bound(
    _ query: ESQLQuery, _ catalog: ESQLCatalog, _ tables: [String: ESQLTable], isInner: Bool = false
  ) throws -> ESQLProgram {
    try refusing { () throws(ESQLError) in
      let program = try ESQLProgram(query, catalog: catalog, tables: tables, now: now(), isInner: isInner)
      if let refusal = program.refusal { throw refusal }
      return program
    }
  }

  /// Tells why a query is refused.
  private func refusing<Result>(_ body: () throws(ESQLError) -> Result) throws -> Result {
    do throws(ESQLError) {
      return try body()
    } catch {
      throw ValidationError(
        (error.isUnsupported
          ? "the query asks for what is not supported." : "the query is refused, as Elasticsearch would refuse it.")
          + "\n\(error.rendered)")
    }
  }

  /// The time that `NOW()` gives; that it can be read was checked before.
  private func now() -> Timestamp { (try? input.currentTime()) ?? .earliest }

  /// Runs a query in ES|QL.
  func runESQL() async throws {
    let started = ContinuousClock.now
    _ = try input.currentTime()
    var query = try parsedESQL()
    let fields = try input.catalog(tells: true)
    LostAlerts.tell(.search)
    let run = ESQLSearchRun(
      fields: fields, tables: try ESQLTables.read(table, fields), times: try span(), context: try input.context(),
      asksColumns: try !input.meansMapping() && input.events.geoip.isEmpty)
    let file = try place()
    // Queries among whose values conditions look are run first.
    var innerWarnings: [String] = []
    while let inner = query.firstInnerQuery {
      if input.data == nil, !inner.sources.isEmpty { try input.makeRepeatable() }
      let (answer, asked, _) = try await self.answer(
        try await program(inner, run, isInner: true), run, tells: query.sources.isEmpty)
      innerWarnings += answer.warnings
      if asked == 0, !inner.sources.isEmpty {
        innerWarnings.append("no event belongs to [\(inner.sources.joined(separator: ","))]")
      }
      let before = query
      query = try refusing { () throws(ESQLError) in try before.answering(answer) }
    }
    let program = try await program(query, run)
    var place = try SearchOutput(file)
    let output = place.output
    do {
      var (answer, asked, summary) = try await answer(program, run)
      answer.warnings = innerWarnings + answer.warnings
      if asked == 0, !query.sources.isEmpty {
        answer.warnings.append("no event belongs to [\(query.sources.joined(separator: ","))]")
      }
      let format: ESQLAnswerWriter.Format =
        switch shownFormat {
        case .table: .table(width: tableWidth, usesColour: usesColour)
        case .csv: .csv
        case .ndjson: .ndjson
        case .json, .count: .json
        }
      try ESQLAnswerWriter.write(answer, as: format) { try output.write($0) }
      var outcome = RunOutcome(hasTrouble: !summary.problems.isEmpty)
      if !query.sources.isEmpty {
        outcome.nothing = RunOutcome.nothing(in: summary, input.paths)
        if outcome.nothing == nil, asked == 0 {
          outcome.nothing =
            run.times == nil || summary.events == 0
            ? "no event belongs to [\(query.sources.joined(separator: ","))]" : noneAsked(of: summary.events)
        }
      }
      let unwritten = place.place(&outcome)
      input.notices.tell(summary.passedOver)
      ProblemReport.write(summary.problems)
      if ProblemReport.write(run.context.geoDatabases) { outcome.hasTrouble = true }
      // What is written as JSON has its warnings with it.
      if case .json = format {
      } else {
        input.notices.warn(each: answer.warnings, { $0 }) { "\($0) more warnings" }
      }
      if let nothing = outcome.nothing {
        StandardError.write(line: Terminal.safe("martlet: nothing was searched: \(nothing)"))
        RunOutcome.tell(unwritten: unwritten)
      }
      if !query.sources.isEmpty {
        let found = outcome.nothing == nil ? CountText.count(answer.rows.count, "row") : "nothing was searched"
        let line = "\(RunOutcome.reading(summary)); \(found)"
        input.notices.close(line + Self.took(since: started))
      }
      if let status = outcome.status { throw status }
    } catch is StandardOutput.Closed {
      return
    }
  }

  /// A query, made ready to run.
  private func program(_ query: ESQLQuery, _ run: ESQLSearchRun, isInner: Bool = false) async throws -> ESQLProgram {
    let catalog = run.catalog(of: query, now())
    let surveyed = try await survey(query, catalog, run.tables, asksColumns: run.asksColumns, run.context)
    return try bound(query, surveyed, run.tables, isInner: isInner)
  }

  /// Runs a query.
  ///
  /// - Parameter tells: false where the same input is read again, and told of, later.
  private func answer(
    _ program: ESQLProgram, _ run: ESQLSearchRun, tells: Bool = true
  ) async throws -> (answer: ESQLAnswer, asked: Int, summary: ReadingSummary) {
    let query = program.query
    let catalog = run.catalog(of: query, now())
    var summary = ReadingSummary()
    var parts: [ESQLSearch.Result] = []
    if !query.sources.isEmpty {
      var queries = QuerySet(catalog: catalog, now: now())
      let conditions = program.matches.map { queries.add($0) }
      for field in program.fields { _ = queries.addField(field.path) }
      // Of a folder only what the query names is read, and every event of it counts.
      let all = queries.add(.all)
      let question = StoreQuestion(
        queries: queries, query: all, times: run.times, index: IndexPattern(query.sources, now: now()),
        asksColumns: false)
      (summary, parts) = try await input.read(tells: tells, question: question) { [queries] in
        ESQLSearch(
          program, queries: queries, conditions: conditions, times: run.times, asksColumns: run.asksColumns,
          context: run.context, catalog: catalog)
      }
    }
    do throws(ESQLRunError) {
      let (answer, asked) = try ESQLSearch.answer(program, parts)
      return (answer, asked, summary)
    } catch {
      StandardError.write(line: Terminal.safe("martlet: the query was given up: \(error)"))
      throw ExitCode(1)
    }
  }

  /// What is known of the columns that a query names; events are looked through where they must say which there are.
  private func survey(
    _ query: ESQLQuery, _ catalog: FieldCatalog, _ tables: [String: ESQLTable], asksColumns: Bool,
    _ context: EventContext
  ) async throws -> ESQLCatalog {
    var result = ESQLCatalog(catalog)
    guard !query.sources.isEmpty else { return result }
    let unknown = query.mentions().names.filter { catalog.type(of: $0) == nil }
    guard query.needsSeenFields || !unknown.isEmpty else { return result }
    // Names that the query gives itself are unknown to events as a rule: where it makes sense without looking, they are.
    // With settings, unknown fields may be null in place of an error, and must be looked for.
    if !query.needsSeenFields, !query.hasSettings, !query.hasSubqueries, query.definedNames.isSuperset(of: unknown),
      (try? ESQLProgram(query, catalog: result, tables: tables, now: now())) != nil
    {
      return result
    }
    if let pipe = InputReader.pipes(among: input.paths).first {
      input.notices.warn("\(pipe) is a pipe, which is read once: only fields that are known without it are columns")
      return result
    }
    if input.data == nil { try input.makeRepeatable() }
    let index = IndexPattern(query.sources, now: now())
    var queries = QuerySet(catalog: catalog, now: now())
    let all = queries.add(.all)
    let paths = query.needsSeenFields ? nil : unknown.sorted()
    let question = StoreQuestion(
      queries: queries, query: all, times: nil, index: index, asksColumns: false)
    let (_, parts) = try await input.read(tells: false, question: question) {
      ESQLFieldSurvey(paths, index: index, asksColumns: asksColumns, context: context, catalog: catalog)
    }
    var found = ESQLFieldSurvey.Result()
    for part in parts { found.merge(part) }
    result.seen = found.seen
    (result.dynamic, result.ambiguous) = found.types
    return result.fitting(query, tables)
  }
}

/// What the queries of a search in ES|QL have in common.
private struct ESQLSearchRun {
  var fields: FieldCatalog
  var tables: [String: ESQLTable]
  var times: ClosedRange<Timestamp>?
  var context: EventContext
  /// Whether stored columns are as the catalog types them.
  var asksColumns: Bool

  /// What is known of fields: of a mapping of several indices only those count that a query reads.
  func catalog(of query: ESQLQuery, _ now: Timestamp) -> FieldCatalog {
    fields.narrowed(to: IndexPattern(query.sources, now: now))
  }
}
