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
    if try parsedESQL().readsEvents { try input.checkGiven() }
  }

  private func parsedESQL() throws -> ESQLQuery {
    do {
      return try ESQLQuery(query)
    } catch {
      throw ValidationError("the query cannot be read.\n\(error.rendered)")
    }
  }

  private func bound(
    _ query: ESQLQuery, _ catalog: ESQLCatalog, _ tables: [String: ESQLTable]
  ) throws -> ESQLProgram {
    do throws(ESQLError) {
      let program = try ESQLProgram(query, catalog: catalog, tables: tables, now: now())
      if let refusal = program.refusal { throw refusal }
      return program
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
    let query = try parsedESQL()
    // Of a mapping of several indices only those count that are read.
    let catalog = try input.catalog(tells: true).narrowed(to: IndexPattern(query.sources, now: now()))
    LostAlerts.tell(.search)
    let tables = try ESQLTables.read(table, catalog)
    let times = try span()
    let file = try place()
    let context = try input.context()
    let asksColumns = try !input.meansMapping() && input.events.geoip.isEmpty
    let surveyed = try await survey(query, catalog, tables, asksColumns: asksColumns, context)
    let program = try bound(query, surveyed, tables)
    var place = try SearchOutput(file)
    let output = place.output
    do {
      var summary = ReadingSummary()
      var parts: [ESQLSearch.Result] = []
      if !query.sources.isEmpty {
        var queries = QuerySet(catalog: catalog, now: now())
        let conditions = program.matches.map { queries.add($0) }
        for field in program.fields { _ = queries.addField(field.path) }
        // Of a folder only what the query names is read, and every event of it counts.
        let all = queries.add(.all)
        let question = StoreQuestion(
          queries: queries, query: all, times: times, index: IndexPattern(query.sources, now: now()),
          asksColumns: false)
        (summary, parts) = try await input.read(question: question) { [queries] in
          ESQLSearch(
            program, queries: queries, conditions: conditions, times: times, asksColumns: asksColumns,
            context: context, catalog: catalog)
        }
      }
      var (answer, asked): (ESQLAnswer, Int)
      do throws(ESQLRunError) {
        (answer, asked) = try ESQLSearch.answer(program, parts)
      } catch {
        StandardError.write(line: Terminal.safe("martlet: the query was given up: \(error)"))
        throw ExitCode(1)
      }
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
            times == nil || summary.events == 0
            ? "no event belongs to [\(query.sources.joined(separator: ","))]" : noneAsked(of: summary.events)
        }
      }
      let unwritten = place.place(&outcome)
      input.notices.tell(summary.passedOver)
      ProblemReport.write(summary.problems)
      if ProblemReport.write(context.geoDatabases) { outcome.hasTrouble = true }
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
