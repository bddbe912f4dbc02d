import ArgumentParser
import CloudTrail
import Events
import Foundation
import Ingestion
import Inputs
import Outputs
import Query
import Rules
import Store

struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Prints the events that a query matches, in the order of the input, or counts them.",
    discussion: """
      Examples:
        martlet search 'event.action: "UpdateAssumeRolePolicy"' AWSLogs/
        martlet search --format count 'event.outcome: failure and source.ip: 203.0.113.0/24' AWSLogs/
        martlet search --language dsl '{"term": {"event.outcome": "failure"}}' AWSLogs/
        martlet search --language eql 'iam where event.outcome == "failure" and user.name : "svc-*"' AWSLogs/
        martlet search --language eql 'sequence by user.id with maxspan=1h [iam where event.action == "CreateAccessKey"] [any where event.action == "GetCallerIdentity"]' AWSLogs/
        martlet search --by user.name,event.action --limit 20 --format table 'event.outcome: failure' AWSLogs/
        martlet search --language esql 'FROM logs-* | STATS c = COUNT(*) BY user.name | SORT c DESC | LIMIT 10' AWSLogs/
        martlet search --fields @timestamp,event.action,source.ip --sort @timestamp:desc --format csv '*' AWSLogs/

      Exit status: 0 when everything was looked at, events or not; 1 when some input could not be read; 2 when nothing was
      searched: no file, no event in them, or none between --from and --to or of --index; 64 for wrong arguments and for a query that cannot be read.
      """)

  /// The languages of searches that run.
  enum Language: String, ExpressibleByArgument, CaseIterable { case kuery, lucene, eql, esql, dsl }
  enum Format: String, ExpressibleByArgument, CaseIterable { case ndjson, table, count, csv, json }

  @Argument(help: "The query.")
  var query: String

  @OptionGroup var input: InputOptions

  @Option(help: ArgumentHelp("The query's language.", valueName: "language"))
  var language = Language.kuery

  @Option(help: ArgumentHelp("EQL: the field of an event's time; @timestamp unless given.", valueName: "field"))
  var timestampField: String?

  @Option(help: ArgumentHelp("EQL: the field of an event's category; event.category unless given.", valueName: "field"))
  var eventCategoryField: String?

  @Option(
    help: ArgumentHelp(
      "EQL: the field that orders events of one time; event.sequence unless given.", valueName: "field"))
  var tiebreakerField: String?

  @Option(
    help: ArgumentHelp("EQL: so many samples of each join key at most; one unless given.", valueName: "n"))
  var samplesPerKey: Int?

  @Option(
    help: ArgumentHelp("Only data streams that match, for example logs-aws.*; all unless given.", valueName: "pattern"))
  var index: String?

  @OptionGroup var times: SpanOptions<EventSubject>

  @Option(
    help: ArgumentHelp(
      "A table for LOOKUP JOIN and ENRICH of ES|QL, in CSV or lines of JSON; may be given several times.",
      valueName: "name=file"))
  var table: [String] = []

  @Option(
    help: ArgumentHelp(
      "ndjson, table, csv, count, or json for ES|QL; a table on a terminal, else ndjson, or json for ES|QL.",
      valueName: "format"))
  var format: Format?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "Write to this file in place of standard output; its ending, .ndjson, .jsonl, .csv or .txt (a table), says the format.",
      valueName: "file"),
    completion: .file())
  var output: String?

  @Option(help: ArgumentHelp("Only these fields, separated by commas.", valueName: "a,b"))
  var fields: String?

  @Option(
    help: ArgumentHelp(
      "Sort by these fields, separated by commas; field:desc sorts downwards.", valueName: "a,b:desc"))
  var sort: String?

  @Option(help: ArgumentHelp("Show so many events or values at most.", valueName: "n"))
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "Count events by the values of these fields, separated by commas, in place of showing them.", valueName: "a,b"))
  var by: String?

  @Flag(help: "Count events over time in place of showing them.")
  var histogram = false

  @Option(
    help: ArgumentHelp(
      "The width of a bar of the histogram, as 30s, 15m, 6h or 1d; chosen to fit unless given.", valueName: "span"))
  var interval: String?

  func validate() throws {
    if language != .esql {
      guard table.isEmpty else { throw ValidationError("--table is for --language esql.") }
      guard format != .json else { throw ValidationError("--format json is for --language esql.") }
    }
    if language != .eql {
      guard timestampField == nil, eventCategoryField == nil, tiebreakerField == nil, samplesPerKey == nil else {
        throw ValidationError(
          "--timestamp-field, --event-category-field, --tiebreaker-field and --samples-per-key are for --language eql.")
      }
    }
    // A query in ES|QL may begin with rows of its own.
    if language != .esql { try input.checkGiven() }
    switch language {
    case .esql: try validateESQL()
    case .eql: try checkEQL(try input.catalog())
    case .kuery, .lucene, .dsl:
      let catalog = try input.catalog()
      _ = try parsed(catalog)
      _ = try form(catalog)
    }
    _ = try span()
    guard let output else { return }
    guard output != "-" else { throw ValidationError("--output takes a file; leave it out for standard output.") }
    guard format != nil || Self.formats[ListOptions.ending(output)] != nil else {
      throw ValidationError(
        Terminal.safe("--output \(output): its ending says no format (.ndjson, .csv, .txt); give --format."))
    }
  }

  private static let formats: [String: Format] = [
    "json": .json, "ndjson": .ndjson, "jsonl": .ndjson, "csv": .csv, "txt": .table,
  ]

  /// The data streams that are searched. Of a folder, unless some are named, those that hold events: what the program keeps about them
  /// (`OwnStreams`) is searched by its name.
  var searched: IndexPattern? {
    index.map { IndexPattern([$0], now: try? input.currentTime()) } ?? (input.data == nil ? nil : OwnStreams.others)
  }

  /// The file that is written, found fit for it before anything is read.
  func place() throws -> PlacedFile? {
    guard let output else { return nil }
    do throws(PlacedFile.Failure) {
      return try PlacedFile(
        path: output, objection: { InputPaths.holds(input.paths, $0) ? "it is, or would be, input of such a run" : nil }
      )
    } catch {
      throw ValidationError(Terminal.safe("--output: events cannot be written to \(output): \(error.reason)"))
    }
  }

  /// The query; throws where it is none, and where Elasticsearch would refuse it for the type of a field.
  private func parsed(_ catalog: FieldCatalog) throws -> KQLQuery {
    let query: KQLQuery
    do {
      switch language {
      case .dsl: query = KQLQuery(try QueryDSL.query(self.query, catalog))
      case .lucene: query = try Lucene.query(self.query, catalog)
      case .kuery, .eql, .esql: query = try KQL.query(self.query)
      }
    } catch let error as QuerySyntaxError {
      throw ValidationError("the query cannot be read.\n\(error.rendered)")
    } catch {
      throw ValidationError(Terminal.safe("the query cannot be read.\n\(error)"))
    }
    try refuse(query, QueryJudge(catalog, refusesUnknownObjects: true))
    return query
  }

  private func refuse(_ query: KQLQuery, _ judge: QueryJudge) throws {
    // Clauses in JSON have no place in a line of text.
    let refusal =
      language == .dsl ? judge.refusal(of: query.predicate)?.description : query.refusal(judge)?.rendered
    if let refusal {
      let isOwn = judge.refusal(of: query.predicate)?.isOwn == true
      throw ValidationError(
        "the query is refused\(isOwn ? "" : ", as Elasticsearch would refuse it").\n\(refusal)")
    }
  }

  /// Where the values of a field that nothing is known of decide whether the query is refused, the input is read for them
  /// first.
  private func refuseByData(_ query: KQLQuery, _ catalog: FieldCatalog, _ context: EventContext) async throws {
    let objects = try objects(catalog)
    let doubtful = QueryJudge(catalog).doubtfulFields(query.predicate)
    guard !doubtful.isEmpty || !objects.isEmpty else { return }
    if let pipe = InputReader.pipes(among: input.paths).first {
      guard !doubtful.isEmpty else { return }
      return input.notices.warn(
        "\(pipe) is a pipe, which is read once: whether Elasticsearch would refuse the query for the types that values give "
          + "\(doubtful.map { "`\($0)`" }.joined(separator: ", ")) is not judged; give it as standard input, or a --mapping"
      )
    }
    try input.makeRepeatable()
    let (_, parts) = try await input.read(tells: false) {
      FieldKindCollector(doubtful + objects.map(\.field), context: context, catalog: catalog)
    }
    let kinds = parts.reduce(into: [String: FieldKinds]()) { $0.merge($1) { $0.union($1) } }
    try refuse(query, QueryJudge(catalog, known: kinds.compactMapValues(\.type), refusesUnknownObjects: true))
    for (field, option) in objects where kinds[field] == nil {
      throw ValidationError(
        UnknownFields.alertColumn(field) ?? UnknownFields.refusal(field, option: option, catalog))
    }
  }

  /// The objects that events are to be counted or sorted by, each with the option: data may have a value in place of one.
  private func objects(_ catalog: FieldCatalog) throws -> [(field: String, option: String)] {
    let by = try (ListOptions.fields(by, option: "--by") ?? []).map { ($0, "--by") }
    // With --by, sorting is by what is counted.
    let sort = by.isEmpty ? try ListOptions.sort(sort).map { ($0.field, "--sort") } : []
    return (by + sort).filter { UnknownFields.isObject($0.0, catalog) }
  }

  /// The times that are searched, both ends included.
  func span() throws -> ClosedRange<Timestamp>? {
    guard !times.isOpen else { return nil }
    let now = try input.currentTime()
    try times.check(relativeTo: now)
    return
      (try times.start(relativeTo: now) ?? Timestamp(milliseconds: .min))...(try times.end(relativeTo: now)
      ?? Timestamp(milliseconds: .max))
  }

  var shownFormat: Format {
    if let format { return format }
    if let output, let format = Self.formats[ListOptions.ending(output)] { return format }
    return Terminal.isTerminal(STDOUT_FILENO) ? .table : language == .esql ? .json : .ndjson
  }

  /// A file has no colours, and a table there is as wide as it needs to be.
  var usesColour: Bool { output == nil && Terminal.usesColour(STDOUT_FILENO) }
  var tableWidth: Int? { output == nil ? Terminal.tableWidth : nil }

  /// What is made of events that match.
  private func form(_ catalog: FieldCatalog) throws -> EventSearch.Form {
    func chosen(_ names: [String]) -> ChosenFields { ChosenFields(names, catalog: catalog) }
    let fields = try ListOptions.fields(fields, option: "--fields")
    let by = try ListOptions.fields(by, option: "--by")
    let sort = try ListOptions.sort(sort)
    let limit = try ListOptions.limit(limit, least: by == nil ? 0 : 1)
    let width = try ListOptions.histogram(histogram, interval)
    try ListOptions.checkTogether(fields: fields, by: by, sort: sort, limit: limit, histogram: width)
    try ListOptions.refusePatterns(by: by, sort: sort, catalog)
    if format == .count {
      guard fields == nil, by == nil, sort.isEmpty, limit == nil, width == nil else {
        throw ValidationError("--format count prints one number: leave out the options that shape a list.")
      }
      return .count
    }
    if let by { return .by(by) }
    if let width { return .histogram(width: width == 0 ? nil : width) }
    let isKept = !sort.isEmpty || limit != nil
    switch shownFormat {
    case .count: return .count
    case .ndjson, .json:
      guard isKept else { return fields.map { .rows(chosen($0)) } ?? .ndjson }
      return .kept(fields: fields.map(chosen), sort: sort, limit: limit)
    case .csv:
      guard isKept || fields != nil else { return .csv }
      return .kept(fields: chosen(fields ?? EventRows.csvFields), sort: sort, limit: limit)
    case .table:
      guard isKept || fields != nil else {
        return .table(usesColour: usesColour, width: tableWidth)
      }
      return .kept(fields: chosen(fields ?? Self.tableFields), sort: sort, limit: limit)
    }
  }

  /// Columns of a sorted table where no fields are chosen.
  static let tableFields = [
    "@timestamp", "event.action", "user.name", "event.outcome", "cloud.account.id", "cloud.region", "source.address",
    "event.id",
  ]

  var listFormat: ListWriter.Format {
    switch shownFormat {
    case .table, .count: .table(width: tableWidth, usesColour: usesColour)
    case .csv: .csv
    case .ndjson, .json: .ndjson
    }
  }

  func run() async throws {
    if language == .esql { return try await runESQL() }
    if language == .eql { return try await runEQL() }
    let started = ContinuousClock.now
    let notices = input.notices
    let catalog = try input.catalog(tells: true)
    LostAlerts.tell(.search)
    let query = try parsed(catalog)
    let predicate = query.predicate
    let form = try form(catalog)
    let times = try span()
    let file = try place()
    let context = try input.context()
    try await refuseByData(query, catalog, context)
    var queries = QuerySet(catalog: catalog, now: try input.currentTime())
    let bound = queries.add(predicate)
    // Fields that are only shown are looked for too: whether they have values is told.
    let asked = try named(in: predicate)
    let unknown = UnknownFields.among(asked, catalog)
    if case .by(let fields) = form { for field in fields { _ = queries.addField(field) } }
    for field in unknown { _ = queries.addField(field) }
    let patterns = predicate.fields.compactMap { selector in
      if case .matching(let pattern) = selector.strict, FieldNotice.isUnknown(pattern.text, catalog) {
        pattern
      } else {
        nil
      }
    }
    var place = try SearchOutput(file)
    let output = place.output
    do {
      switch form {
      case .table(let usesColour, let width):
        try output.write(line: EventTable(width: width, usesColour: usesColour).header)
      case .csv: try output.write(CSVText.line(EventRows.csvFields))
      default: break
      }
      let ordered = OrderedOutput(output)
      let index = searched
      // Columns are stored as the schema types them; what is asked of all events is asked when they are read.
      let isStoredSo =
        try !input.meansMapping() && input.events.geoip.isEmpty && unknown.isEmpty && patterns.isEmpty
      let asksStore = isStoredSo && !predicate.asksTexts && !queries.plan.goesBeyondColumns
      var question = StoreQuestion(
        queries: queries, query: bound, times: times, index: index, asksColumns: asksStore)
      if isStoredSo, !asksStore {
        question.records = RecordQuestion(predicate, catalog: catalog, now: try input.currentTime())
      }
      var (summary, found) = (ReadingSummary(), EventSearch.Result())
      let selection = EventSelection(
        predicate, index: index, times: times, catalog: catalog, now: try input.currentTime())
      if asksStore, !question.meansAlerts, let counted = try await input.countStored(form, selection) {
        (summary, found) = counted
      } else {
        let first =
          asksStore && !question.meansAlerts ? try await input.firstStored(form, selection) : nil
        if let first { question.times = first.times }
        let (read, parts) = try await input.read(
          printing: ordered, tells: first == nil, question: question
        ) { [queries, times = question.times] in
          EventSearch(
            queries, bound, index: index, times: times, form: form, unknown: unknown, patterns: patterns,
            context: context, catalog: catalog, output: ordered)
        }
        summary = read
        found = parts.first ?? EventSearch.Result()
        for part in parts.dropFirst() { found.merge(part) }
        if let first {
          (summary, found.matched, found.asked) = (first.summary, first.told.matched, first.told.asked)
          (found.earliest, found.latest) = (first.told.earliest, first.told.latest)
          summary.problems.merge(read.problems)
        }
      }
      try write(found, form, to: output)
      var outcome = RunOutcome(hasTrouble: !summary.problems.isEmpty)
      outcome.nothing = RunOutcome.nothing(in: summary, input.paths)
      // Of a folder only what lies in the times and data streams is counted.
      if outcome.nothing == nil, found.asked == 0, input.data == nil, times != nil || index != nil {
        outcome.nothing = noneAsked(of: summary.events)
      }
      let unwritten = place.place(&outcome)
      notices.tell(summary.passedOver)
      ProblemReport.write(summary.problems)
      if ProblemReport.write(context.geoDatabases) { outcome.hasTrouble = true }
      let fields = unknown.filter { !found.met.contains($0) && !found.shown.contains($0) }
      notices.warn(each: fields, { UnknownFields.ofSearch($0, catalog) }) {
        "no event is known to have \($0) more fields that were named"
      }
      let unmet = patterns.map(\.text).filter { !found.metPatterns.contains($0) && summary.events > 0 }
      notices.warn(each: unmet, { FieldNotice.unknown($0, catalog) }) {
        "no event is known to have a field that matches \($0) more patterns of the query"
      }
      if found.matched > 0 { warn(of: form, found, catalog) }
      if let nothing = outcome.nothing {
        StandardError.write(line: Terminal.safe("martlet: nothing was searched: \(nothing)"))
        RunOutcome.tell(unwritten: unwritten)
      }
      var line = "\(RunOutcome.reading(summary)); "
      line += outcome.nothing != nil ? "nothing was searched" : "\(found.matched) matched"
      if let first = found.earliest, let last = found.latest { line += ", \(first.iso8601) to \(last.iso8601)" }
      notices.close(line + Self.took(since: started))
      if let status = outcome.status { throw status }
    } catch is StandardOutput.Closed {
      return
    }
  }

  /// How long a search took, behind what else its closing line says.
  static func took(since started: ContinuousClock.Instant) -> String {
    String(format: ", %.2f s", (ContinuousClock.now - started).seconds)
  }

  /// Why the query was asked about none of the events.
  func noneAsked(of count: Int) -> String {
    let events = count == 1 ? "the one event" : "none of \(count) events"
    let bounds =
      times.earliest == nil
      ? "before --to \(times.latest ?? "")"
      : times.latest == nil
        ? "after --from \(times.earliest ?? "")"
        : "between --from \(times.earliest ?? "") and --to \(times.latest ?? "")"
    let stream = index.map { "of a data stream that matches --index \($0)" }
    let conditions = [stream, times.isOpen ? nil : bounds].compactMap(\.self)
    return "\(events) \(count == 1 ? "is not" : "is") \(conditions.joined(separator: " and "))"
  }

  /// All fields that are named, in the query and by options.
  private func named(in predicate: Query.Predicate) throws -> [String] {
    var fields = predicate.fields.compactMap { selector in
      if case .named(let path) = selector.strict { path } else { nil }
    }
    fields += try ListOptions.fields(self.fields, option: "--fields") ?? []
    fields += try ListOptions.fields(by, option: "--by") ?? []
    if by == nil { fields += try ListOptions.sort(sort).map(\.field) }
    var seen: Set<String> = []
    return fields.filter { seen.insert($0).inserted }
  }

  /// Tells of objects and patterns that stand for no field of what was found.
  private func warn(of form: EventSearch.Form, _ found: EventSearch.Result, _ catalog: FieldCatalog) {
    switch form {
    case .rows(let fields), .kept(let fields?, _, _):
      for name in fields.names where UnknownFields.isPattern(name) || UnknownFields.isObject(name, catalog) {
        if !found.shown.contains(name) { input.notices.warn(UnknownFields.ofEvents(name, catalog)) }
      }
    default: break
    }
    // A pipe was not looked through before.
    guard !InputReader.pipes(among: input.paths).isEmpty else { return }
    for (field, option) in (try? objects(catalog)) ?? [] where !found.met.contains(field) {
      input.notices.warn(UnknownFields.refusal(field, option: option, catalog))
    }
  }

  private func write(_ found: EventSearch.Result, _ form: EventSearch.Form, to output: StandardOutput) throws {
    let notices = input.notices
    switch form {
    case .count: try output.write(line: "\(found.matched)")
    case .by:
      let keys = try ListOptions.sort(sort)
      let shown = try ListWriter.write(found.counts, sortedBy: keys, limit: limit, as: listFormat) {
        try output.write($0)
      }
      for notice in found.counts.notices(shown: shown) { notices.close(notice) }
    case .histogram:
      try ListWriter.write(found.histogram, as: listFormat) { try output.write($0) }
      for notice in found.histogram.notices { notices.close(notice) }
    case .kept:
      let (shown, isCut) = try found.rows.write(as: listFormat) { try output.write($0) }
      if isCut {
        notices.warn("there are more than \(OpenedFields.most) fields of those names; the others are left out")
      }
      if found.rows.left > 0 {
        notices.warn(
          "\(CountText.count(found.rows.left, "event")) found no room and \(found.rows.left == 1 ? "is" : "are") left out; "
            + "give --limit, or fewer --fields")
      }
      if shown < found.matched {
        notices.close("the first \(shown) of \(CountText.count(found.matched, "event")) are shown")
      }
    case .ndjson, .table, .csv, .rows: break
    }
  }
}
