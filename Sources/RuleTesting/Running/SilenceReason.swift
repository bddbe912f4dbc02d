import CloudTrail
import Detection
import Events
import JSON
import Query
import Rules

/// Finds out why a rule stays silent on an event, by asking the engine about the event alone, about parts of the query,
/// and about pairs of events.
struct SilenceReason {
  typealias Record = (record: JSONValue, time: Timestamp)

  /// Earlier events that are tried one by one.
  private static let triedEvents = 50

  let rule: Rule
  let catalog: FieldCatalog
  let records: [Record]
  let lookups: LookupData
  /// How the rest of the test names an event: by its number.
  let nameOfEvent: (Int) -> String

  /// The reason as part of a sentence; nil when it cannot be told.
  func reason(_ number: Int, _ outcome: TestHunt.Outcome) throws -> String? {
    if outcome.duplicates.contains(number) { return "another event has its `eventID`, and events count once" }
    if rule.type == .esql { return try lostRow(number) }
    let predicate = try RuleQuery.predicate(rule, catalog)
    guard try alertsAlone(number, predicate, asQuery: true) else {
      if try alertsAlone(number, predicate, asQuery: true, anywhere: true) {
        return "the rule does not read the event's data stream"
      }
      return try mismatch(number, predicate)
    }
    if rule.type == .threatMatch, try !alertsAlone(number, predicate, asQuery: false) {
      return "no indicator has all the values of the event that a group of the threat_mapping asks for"
    }
    guard rule.type == .newTerms, let fields = rule.newTerms?.fields else {
      return outcome.lost > 0 ? "`max_signals` of the rule was reached" : nil
    }
    let missing = try fields.filter { try !alertsAlone(number, .exists(.named($0)), asQuery: true, anywhere: true) }
    if !missing.isEmpty { return "the event has no value in \(Self.list(missing))" }
    guard try alertsAlone(number, predicate, asQuery: false) else { return nil }
    return try sighting(number) ?? "its new terms were seen before in several events"
  }

  /// After which command of a query in ES|QL nothing is left of an event that is there alone.
  private func lostRow(_ number: Int) throws -> String? {
    let query = try ESQLQuery(rule.query ?? "")
    var variant = rule
    for (command, text) in query.beginnings where !command.isAggregating {
      variant.query = text
      let outcome = try TestHunt(variant, catalog: catalog, lookups: lookups).run([records[number]])
      guard outcome.alerts[0].isEmpty else { continue }
      return command.isSource
        ? "the query does not read the event's data stream" : "nothing is left of it after `\(command.text)`"
    }
    return query.isAggregating
      ? "no row of the query stands on it: its group does not come through what follows `STATS`" : nil
  }

  /// Which parts of the query the event fails by.
  private func mismatch(_ number: Int, _ predicate: Predicate) throws -> String {
    let what = rule.filters.isEmpty ? "the query does not match it" : "the query and filters do not match it"
    guard case .and(let parts) = predicate else { return what }
    let failed = try parts.filter { try !alertsAlone(number, $0, asQuery: true, anywhere: true) }
    var fields: [String] = []
    for case .named(let field) in failed.flatMap(\.fields) where !fields.contains(field) { fields.append(field) }
    return fields.isEmpty ? what : "\(what): see its condition\(failed.count == 1 ? "" : "s") on \(Self.list(fields))"
  }

  /// The latest event before it that by itself makes it old.
  private func sighting(_ number: Int) throws -> String? {
    let earlier = records.indices.filter { $0 != number && records[$0].time <= records[number].time }
    let latest = earlier.sorted { records[$0].time > records[$1].time }.prefix(Self.triedEvents)
    for other in latest {
      let pair = try TestHunt(rule, catalog: catalog, lookups: lookups).run([records[other], records[number]])
      if pair.alerts[1].isEmpty { return "its new terms were seen before, in \(nameOfEvent(other))" }
    }
    return nil
  }

  /// Whether the rule alerts when there is nothing but the event.
  private func alertsAlone(
    _ number: Int, _ predicate: Predicate, asQuery: Bool, anywhere: Bool = false
  ) throws -> Bool {
    var variant = rule
    if asQuery {
      variant.type = .query
      variant.newTerms = nil
      variant.threatMatch = nil
    }
    if anywhere { variant.index = ["*"] }
    let outcome = try TestHunt(variant, catalog: catalog, lookups: lookups) { _ in predicate }.run(
      [records[number]])
    return !outcome.alerts[0].isEmpty
  }

  private static func list(_ fields: [String]) -> String { fields.map { "`\($0)`" }.joined(separator: ", ") }
}
