import ArgumentParser
import Events
import Foundation
import Inputs
import Outputs
import Query

extension SearchCommand {
  /// The query in EQL; throws where it is none, and where Elasticsearch would refuse it for the type of a field.
  func eqlPlan(_ catalog: FieldCatalog) throws -> EQLPlan {
    do {
      return try EQL.parse(query).plan(catalog, categoryField: eventCategoryField ?? "event.category")
    } catch {
      throw ValidationError("the query cannot be read.\n\(error.rendered)")
    }
  }

  /// What an EQL search prints: hits as lines or as rows of fields, or their number.
  func checkEQL(_ catalog: FieldCatalog) throws {
    let plan = try eqlPlan(catalog)
    _ = try ListOptions.limit(limit, least: 0)
    if let samplesPerKey {
      guard case .sample = plan.form else { throw ValidationError("--samples-per-key is for samples.") }
      guard (1...SequenceMatcher.mostSamplesPerKey).contains(samplesPerKey) else {
        throw ValidationError(
          "--samples-per-key takes a number from 1 to \(SequenceMatcher.mostSamplesPerKey), not \(samplesPerKey).")
      }
    }
    _ = try span()
    guard by == nil, sort == nil, !histogram, interval == nil else {
      throw ValidationError(
        "A search in EQL gives its hits in the order of time: leave out --by, --sort and --histogram.")
    }
    guard try ListOptions.fields(fields, option: "--fields") == nil || printsRows else {
      throw ValidationError("In EQL, --fields is for --format table and --format csv: lines hold whole events.")
    }
  }

  /// Rows of fields, in place of whole events.
  private var printsRows: Bool { shownFormat == .table || shownFormat == .csv }

  func runEQL() async throws {
    let started = ContinuousClock.now
    let notices = input.notices
    let catalog = try input.catalog(tells: true)
    LostAlerts.tell(.search)
    let plan = try eqlPlan(catalog)
    let limit = try ListOptions.limit(limit, least: 0)
    let times = try span()
    let file = try place()
    let context = try input.context()
    let now = try input.currentTime()
    let columns = EQLCollector.Fields(
      timestamp: timestampField ?? "@timestamp", tiebreaker: tiebreakerField ?? "event.sequence")
    var queries = EQLCollector.queries(plan, columns, catalog: catalog, now: now)
    let named = plan.items.flatMap { item in
      item.predicate.fields.compactMap { if case .named(let path) = $0 { path } else { nil } } + item.keys.map(\.field)
    }
    let unknown = UnknownFields.among(named.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }, catalog)
    for field in unknown { _ = queries.set.addField(field) }
    let any = queries.set.add(plan.anyItem)
    let index = searched
    let counts = format == .count
    let asksStore =
      try !input.meansMapping() && input.events.geoip.isEmpty && unknown.isEmpty
      && !queries.set.plan.goesBeyondColumns
    var question = StoreQuestion(
      queries: queries.set, query: any, times: times, index: index, asksColumns: asksStore)
    // What is read twice is the same both times.
    question.snapshot = try input.snapshot()
    var (summary, parts) = try await input.read(question: question) { [queries] in
      EQLSearch(
        EQLCollector(queries), index: index, times: times, unknown: unknown, counts: counts, asksColumns: asksStore,
        context: context, catalog: catalog)
    }
    var found = EQLSearch.Result()
    // One by one, so that no two copies of all are held.
    for place in parts.indices {
      found.merge(parts[place])
      parts[place] = EQLSearch.Result()
    }
    var hits = EQLHits(queries.bound.plan, in: found, limit: limit, samplesPerKey: samplesPerKey ?? 1)
    var unread = 0
    let asked = counts ? [:] : hits.storedRows()
    if !asked.isEmpty {
      question.rows = asked
      let (again, texts) = try await input.read(tells: false, question: question) { EQLTexts(context) }
      summary.problems.merge(again.problems)
      unread = hits.take(
        texts.reduce(into: [:]) { $0.merge($1) { first, _ in first } }, asked: asked, unread: again.unreadRows)
    }
    var outcome = RunOutcome(hasTrouble: !summary.problems.isEmpty)
    outcome.nothing = RunOutcome.nothing(in: summary, input.paths)
    if outcome.nothing == nil, found.asked == 0, input.data == nil, times != nil || index != nil {
      outcome.nothing = noneAsked(of: summary.events)
    }
    var place = try SearchOutput(file)
    let output = place.output
    do {
      let count = hits.count
      if printsRows {
        let names =
          try ListOptions.fields(fields, option: "--fields")
          ?? (shownFormat == .csv ? EventRows.csvFields : Self.tableFields)
        if try hits.writeRows(
          ChosenFields(names, catalog: catalog), as: listFormat, { try output.write($0) })
        {
          notices.warn("there are more than \(OpenedFields.most) fields of those names; the others are left out")
        }
      } else if counts {
        try output.write(line: "\(count)")
      } else {
        try hits.write { try output.write($0) }
      }
      let unwritten = place.place(&outcome)
      notices.tell(summary.passedOver)
      ProblemReport.write(summary.problems)
      if ProblemReport.write(context.geoDatabases) { outcome.hasTrouble = true }
      if unread > 0 {
        outcome.hasTrouble = true
        notices.warn("\(CountText.count(unread, "event")) of the hits could not be read again and stand as null")
      }
      tell(found, unknown, catalog, &outcome)
      if let nothing = outcome.nothing {
        StandardError.write(line: Terminal.safe("martlet: nothing was searched: \(nothing)"))
        RunOutcome.tell(unwritten: unwritten)
      }
      let word = plan.isOfEvents ? "\(count) matched" : CountText.count(count, "hit")
      let line = "\(RunOutcome.reading(summary)); " + (outcome.nothing != nil ? "nothing was searched" : word)
      notices.close(line + Self.took(since: started))
      if let status = outcome.status { throw status }
    } catch is StandardOutput.Closed {
      return
    }
  }

  /// Tells what keeps the hits from being all there are.
  private func tell(
    _ found: EQLSearch.Result, _ unknown: [String], _ catalog: FieldCatalog, _ outcome: inout RunOutcome
  ) {
    let notices = input.notices
    let fields = unknown.filter { !found.met.contains($0) }
    notices.warn(each: fields, { UnknownFields.ofSearch($0, catalog) }) {
      "no event is known to have \($0) more fields that were named"
    }
    if found.left > 0 {
      outcome.hasTrouble = true
      notices.warn(
        "\(CountText.count(found.left, "event")) that the query asks for found no room, so hits may be missing; search a shorter time, or name more in each item"
      )
    }
    if found.timeless > 0 {
      notices.warn("\(CountText.count(found.timeless, "event")) without a time are in no sequence")
    }
    for one in found.notes.faults {
      notices.warn("a condition failed for an event, which then does not meet it: \(one.fault.message)")
    }
  }
}
