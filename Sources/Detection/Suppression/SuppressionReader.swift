import CloudTrail
import Events
import JSON
import Rules

/// Reads the values by which alerts are folded from the events that rules matched.
final class SuppressionReader {
  private let findings: HuntFindings
  private let catalog: FieldCatalog
  private let writer: EventJSON
  /// Why an event could not be read, the first time that it was so: what was made of it is not to be relied on.
  private(set) var failure: (any Error)?

  init(_ plan: HuntPlan, _ findings: HuntFindings) {
    self.findings = findings
    catalog = plan.catalog
    writer = EventJSON(plan.context)
  }

  /// How a rule folds its alerts; nil for one that does not.
  ///
  /// - Parameter kept: its alerts that are there.
  func suppression(of rule: Rule, _ kept: [SuppressedAlert]) -> Suppression? {
    guard let asked = rule.alertSuppression else { return nil }
    let fields = rule.threshold?.fields ?? asked.groupBy
    return Suppression(
      ruleID: rule.ruleID, fields: fields, types: fields.map { catalog.resolve($0).type },
      duration: asked.duration?.milliseconds, setsMissingApart: asked.missingFieldsStrategy == .doNotSuppress,
      kept: kept
    ) { sighting in self.values(fields, sighting) }
  }

  private func values(_ fields: [String], _ sighting: Sighting) -> [[NewTerm]] {
    guard let kept = sighting.kept else { return fields.map { _ in [] } }
    do {
      let ingested = try findings.ingestionTime(of: kept)
      return try findings.withRow(kept) { row in
        try writer.withEvent(row, ingested: ingested) { event in
          let told = EventFields(event)
          return fields.map { told.values($0).compactMap(NewTerm.init) }
        }
      }
    } catch {
      failure = failure ?? error
      return fields.map { _ in [] }
    }
  }
}

extension NewTerm {
  /// A plain value; nil for others.
  fileprivate init?(_ value: JSONValue) {
    switch value {
    case .string(let text): self.init(kind: .string, text: text)
    case .bool(let flag): self.init(kind: .boolean, text: flag ? "true" : "false")
    case .integer, .double, .number: self.init(kind: .number, text: value.text)
    default: return nil
    }
  }
}

extension SuppressionDuration {
  /// The span in milliseconds.
  var milliseconds: Int64 {
    let unit: Int64 =
      switch unit {
      case .second: 1000
      case .minute: 60_000
      case .hour: 3_600_000
      }
    let (product, isTooLong) = Int64(value).multipliedReportingOverflow(by: unit)
    return isTooLong ? .max / 4 : min(product, .max / 4)
  }
}
