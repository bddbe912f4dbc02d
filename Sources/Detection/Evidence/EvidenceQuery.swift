import Events
import Query
import Rules

/// Writes KQL that shows the events behind a rule's alerts.
struct EvidenceQuery: Sendable {
  /// What all alerts of the rule have in common; nil when KQL cannot say it.
  private let common: String?
  /// What the rule asks, where that moves with the time of the execution.
  private let moving: Predicate?
  private let catalog: FieldCatalog

  /// `query` is what the rule asks, exceptions aside.
  init(_ query: Predicate?, catalog: FieldCatalog) {
    self.catalog = catalog
    moving = query?.dependsOnNow(catalog) == true ? query : nil
    common = query.flatMap { Self.text($0, catalog) }
  }

  private static func text(_ query: Predicate, _ catalog: FieldCatalog) -> String? {
    if case .or = query { return KQL.text(query, catalog: catalog, isInner: true) }
    return KQL.text(query, catalog: catalog)
  }

  /// The query for one alert: its new terms, and the time that was searched, by the field that gave the event its time. Times
  /// relative to the execution's are written out.
  ///
  /// - Parameter equal: values that the events have in fields, beside new terms.
  func text(_ evidence: Evidence, equal: [(field: String, term: NewTerm)] = [], timeField: String) -> String? {
    let common = moving.map { Self.text($0.resolved(at: evidence.scheduled, catalog), catalog) } ?? common
    guard let common else { return nil }
    var parts = common == "*: *" ? [] : [common]
    for (field, term) in evidence.terms.map({ ($0.field, $0.term) }) + equal {
      let value = catalog.resolve(field).type.queryText(ofTerm: term.text)
      guard let condition = KQL.text(.test(.named(field), .phrase(value))) else { return nil }
      parts.append(condition)
    }
    let start = evidence.historyFrom ?? evidence.from
    // Times are asked for as the field has them.
    let format = catalog.resolve(timeField).type.dateFormat
    func written(_ time: Timestamp) -> String { KQL.quoted(format?.text(time.milliseconds) ?? time.iso8601) }
    parts.append("\(timeField) >= \(written(start)) and \(timeField) <= \(written(evidence.to))")
    return parts.joined(separator: " and ")
  }
}
