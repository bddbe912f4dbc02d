import CloudTrail
import Events
import JSON
import Rules

/// Reads what has to be known of findings before alerts are made of them: the values by which alerts are folded, and whether one can be
/// made.
final class FindingReader {
  private let findings: HuntFindings
  private let catalog: FieldCatalog
  /// Most rules need none, and it takes a while to make.
  private lazy var writer = EventJSON(context)
  private lazy var indicatorWriter = EventJSON(context)
  private let context: EventContext
  /// Why an event or an alert could not be read, the first time that it was so: what was made of it is not to be relied on.
  private(set) var failure: (any Error)?

  init(_ plan: HuntPlan, _ findings: HuntFindings) {
    self.findings = findings
    catalog = plan.catalog
    context = plan.context
  }

  /// Notes why what has to be known cannot be.
  func fail(_ error: any Error) { failure = failure ?? error }

  /// How a rule folds its alerts; nil for one that does not.
  ///
  /// - Parameter kept: its alerts that are there.
  func suppression(of rule: Rule, _ kept: [SuppressedAlert]) -> Suppression? {
    guard let asked = rule.alertSuppression else { return nil }
    let fields = rule.threshold?.fields ?? asked.groupBy
    let types = fields.map { catalog.resolve($0).type }
    // Elasticsearch gives the times of groups as numbers, those of single events as texts.
    let groupsTimes = rule.type == .query || rule.type == .savedQuery
    return Suppression(
      ruleID: rule.ruleID, fields: fields, types: types,
      duration: asked.duration?.milliseconds, setsMissingApart: asked.missingFieldsStrategy == .doNotSuppress,
      kept: kept
    ) { sighting in self.values(fields, types, groupsTimes, sighting) }
  }

  /// Why no alert can be made of a finding whatever its event is; nil where one can. What cannot be read now tells of itself when the
  /// alert is made.
  func fault(of finding: Finding, _ rule: Rule) -> String? {
    switch finding.basis {
    case .match(let match): match.fault(rule, indicatorWriter)
    case .row(let row): row.fault
    default: nil
    }
  }

  private func values(
    _ fields: [String], _ types: [FieldType], _ groupsTimes: Bool, _ sighting: Sighting
  ) -> [[NewTerm]] {
    guard let kept = sighting.kept else { return fields.map { _ in [] } }
    do {
      let ingested = try findings.ingestionTime(of: kept)
      return try findings.withRow(kept) { row in
        try writer.withEvent(row, ingested: ingested) { event in
          let told = EventFields(event)
          return zip(fields, types).map { field, type in
            told.values(field).compactMap { NewTerm($0, as: type, groupsTimes: groupsTimes) }
          }
        }
      }
    } catch {
      failure = failure ?? error
      return fields.map { _ in [] }
    }
  }
}

extension NewTerm {
  /// A plain value as a field of a type keeps it, so that spellings of one value are one; nil for what the field does not keep.
  fileprivate init?(_ value: JSONValue, as type: FieldType, groupsTimes: Bool) {
    guard let plain = Self(plain: value) else { return nil }
    self = plain
    switch type {
    case .keyword(let limit):
      guard plain.text.utf16.count <= limit else { return nil }
      kind = .string
    case .wildcard, .constant, .version, .flattened, .analyzed: kind = .string
    case .integer:
      guard let number = Int64(text) ?? Double(text).flatMap({ Int64(exactly: $0.rounded(.towardZero)) }) else {
        return nil
      }
      self.init(kind: .number, text: String(number))
    case .double, .narrow:
      guard let number = Double(text) else { return nil }
      self.init(kind: .number, text: Int64(exactly: number).map(String.init) ?? "\(number)")
    case .boolean: kind = .boolean
    case .ip: text = IPAddress(text)?.text ?? text
    case .date, .dateNanos:
      let time = kind == .number ? Int64(text).map { Timestamp(milliseconds: $0) } : Timestamp(iso8601: text)
      guard let time else { break }
      self =
        groupsTimes
        ? NewTerm(kind: .number, text: String(time.milliseconds)) : NewTerm(kind: .string, text: time.iso8601)
    default: break
    }
  }

  /// A plain value as it is written; nil for others.
  private init?(plain value: JSONValue) {
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
