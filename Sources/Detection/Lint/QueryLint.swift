import Events
import Query
import Rules

/// Looks at what a rule's query asks for.
struct QueryLint {
  let catalog: FieldCatalog

  /// Fields of which an event has one value at most, by the Elastic Common Schema and by what CloudTrail records are.
  static let singleValued: Set<String> = [
    "@timestamp", "aws.cloudtrail.api_version", "aws.cloudtrail.error_code", "aws.cloudtrail.error_message",
    "aws.cloudtrail.event_category", "aws.cloudtrail.event_type", "aws.cloudtrail.event_version",
    "aws.cloudtrail.management_event", "aws.cloudtrail.read_only", "aws.cloudtrail.recipient_account_id",
    "aws.cloudtrail.request_id", "aws.cloudtrail.session_credential_from_console",
    "aws.cloudtrail.user_identity.access_key_id", "aws.cloudtrail.user_identity.arn",
    "aws.cloudtrail.user_identity.invoked_by", "aws.cloudtrail.user_identity.type",
    "aws.cloudtrail.user_identity.session_context.mfa_authenticated",
    "aws.cloudtrail.user_identity.session_context.session_issuer.arn",
    "aws.cloudtrail.user_identity.session_context.session_issuer.type", "aws.cloudtrail.vpc_endpoint_id",
    "cloud.account.id", "cloud.provider", "cloud.region", "data_stream.dataset", "data_stream.namespace",
    "data_stream.type", "event.action", "event.code", "event.dataset", "event.id", "event.kind", "event.module",
    "event.outcome", "event.provider", "event.risk_score", "event.severity", "source.address", "source.ip",
    "source.geo.country_iso_code", "source.geo.country_name", "user.id", "user.name", "user_agent.name",
    "user_agent.original",
  ]

  /// Fields that have one value in all events of a data set: asking for it leaves as many events as before.
  private static let constants: Set<String> = [
    "cloud.provider", "data_stream.dataset", "data_stream.namespace", "data_stream.type", "ecs.version",
    "event.dataset", "event.kind", "event.module",
  ]

  func check(_ report: inout LintReport) {
    // That it cannot be parsed is told elsewhere, what is in another language is not read.
    guard report.rule.language == .kuery, report.rule.type != .savedQuery || report.rule.query != nil,
      let query = try? RuleQuery.asWritten(report.rule)
    else { return }
    checkTruth(query, &report)
    var costly: [String: [WildcardPattern]] = [:]
    checkWildcards(query, isNarrowed: false, &costly, &report)
    for (path, patterns) in costly.sorted(by: { $0.key < $1.key }) {
      let more = patterns.count > 1 ? " and \(patterns.count - 1) more on the field start" : " starts"
      report.add(
        "costly-wildcard", inQueryAt: path,
        "“\(patterns[0].text.prefix(60))”\(more) with `*`, and no exact value beside narrows the events, so that every "
          + "value of `\(path)` is looked through: require an `event.action` or `event.provider` too.")
    }
  }

  private func checkTruth(_ query: Predicate, _ report: inout LintReport) {
    let single = Self.singleValued
    let analysis = QueryAnalysis(
      catalog: catalog, presentFields: ["@timestamp"], isSingleValued: { single.contains($0) })
    if let found = analysis.contradiction(in: query) {
      report.add(
        "query-never", .error, inQueryAt: found.field, "The query is true of no event: \(found.cause).")
      return
    }
    if analysis.isAlwaysTrue(query) {
      // A rule of new terms may well watch all events; one of type query would alert on each.
      report.add(
        "query-always", report.rule.type == .query ? .error : .warning, inQueryAt: nil,
        "The query is true of every event that the rule reads.")
      return
    }
    for found in analysis.deadAlternatives(in: query) {
      report.add(
        "query-part-never", inQueryAt: found.field,
        "An alternative of the query is true of no event, beside what else is required: \(found.cause).")
    }
  }

  // MARK: Wildcards

  /// - Parameter isNarrowed: whether what stands beside this part leaves few events to look at.
  private func checkWildcards(
    _ part: Predicate, isNarrowed: Bool, _ costly: inout [String: [WildcardPattern]], _ report: inout LintReport
  ) {
    switch part {
    case .all, .nothing, .exists, .holds: break
    case .and(let parts):
      let narrowed = isNarrowed || parts.contains(where: narrows)
      for part in parts { checkWildcards(part, isNarrowed: narrowed, &costly, &report) }
    case .or(let parts): for part in parts { checkWildcards(part, isNarrowed: isNarrowed, &costly, &report) }
    case .not(let inner), .nested(_, let inner): checkWildcards(inner, isNarrowed: isNarrowed, &costly, &report)
    case .test(.any, _):
      report.add(
        "costly-wildcard", inQueryAt: nil, "A value without a field is looked for in every field: name the field.")
    case .test(.lenient(let inner), let test):
      checkWildcards(.test(inner, test), isNarrowed: isNarrowed, &costly, &report)
    case .test(.matching(let pattern), _):
      guard pattern.parts.first == .anyRun else { return }
      report.add(
        "costly-wildcard", inQueryAt: nil,
        "The fields `\(pattern.text)` are looked up in all names of fields: name the fields.")
    case .test(.named(let path), .wildcard(let pattern)): checkWildcard(pattern, path, isNarrowed, &costly, &report)
    case .test: break
    }
  }

  private func checkWildcard(
    _ pattern: WildcardPattern, _ path: String, _ isNarrowed: Bool, _ costly: inout [String: [WildcardPattern]],
    _ report: inout LintReport
  ) {
    guard !pattern.matchesEverything else { return }
    let field = catalog.resolve(path)
    if field.flattenedRoot != nil, field.flattenedRoot != path, !isPrefix(pattern) {
      report.add(
        "flattened-wildcard", inQueryAt: path,
        "Elasticsearch takes no wildcard but a last `*` on `\(path)`, a key of a flattened field: "
          + "match the text form instead.")
    }
    if pattern.parts.first == .anyRun, !isNarrowed { costly[path, default: []].append(pattern) }
  }

  private func isPrefix(_ pattern: WildcardPattern) -> Bool {
    guard case .literal? = pattern.parts.first else { return false }
    return pattern.parts.count == 2 && pattern.parts[1] == .anyRun
  }

  /// True when a part is met only by events of a few values in some field.
  private func narrows(_ part: Predicate) -> Bool {
    switch part {
    case .and(let parts): return parts.contains(where: narrows)
    case .or(let parts): return !parts.isEmpty && parts.allSatisfy(narrows)
    case .test(.named(let path), let test):
      guard !Self.constants.contains(path) else { return false }
      switch test {
      case .match, .phrase, .term, .list, .words, .inZone: return true
      case .sigma(let asked): return asked.isOfFewValues
      case .wildcard(let pattern), .termPattern(let pattern): return pattern.parts.first != .anyRun
      case .range, .regex: return false
      }
    case .all, .nothing, .not, .exists, .test, .nested, .holds: return false
    }
  }
}
