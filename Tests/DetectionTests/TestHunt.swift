import CloudTrail
import Events
import JSON
import Query
import Rules

@testable import Detection

/// A hunt over text in memory: several workers, each with several batches.
struct TestHunt {
  static let readAt = Timestamp(milliseconds: 1_790_000_000_000)

  var plan: HuntPlan
  var earliest: Timestamp?
  var latest: Timestamp?
  /// Calls that opened sessions are read only when they are asked for.
  var holdsSessions = true
  /// Alerts that are there, by their rules.
  var suppressed: [String: [SuppressedAlert]] = [:]
  /// Every hunt is held equal to one over answers that were written down and read again, as of stored events.
  var comparesAnswers = true

  init(
    _ rules: [Rule], context: EventContext = EventContext(readAt: readAt), catalog: FieldCatalog = .standard,
    exceptions: [RuleException] = [], tables: [String: ESQLTable] = [:], indicators: Indicators = .none
  ) {
    plan = HuntPlan(
      rules, context: context, catalog: catalog, tables: tables, indicators: indicators, exceptions: { _ in exceptions }
    ) {
      try RuleQuery.predicate($0, catalog)
    }
  }

  /// Hunts in texts; `texts` holds, for each worker, its batches.
  func run(_ texts: [[String]], replay bounds: (from: Timestamp?, to: Timestamp?) = (nil, nil)) throws -> HuntResult {
    let registry = EventRegistry()
    var earliest: Timestamp?
    var latest: Timestamp?
    var parts: [HuntFindings] = []
    for batches in texts {
      let collector = HuntCollector(plan, holdsSessions: holdsSessions)
      let scanner = RecordScanner(leanFields: collector.leanFields, registry: registry)
      for text in batches {
        let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 64)
        try bytes.withUnsafeBufferPointer { buffer in
          scanner.beginBatch()
          scanner.scan(UnsafeBufferPointer(rebasing: buffer[..<(buffer.count - 64)]), of: TextRegion(file: "test"))
          scanner.finishBatch()
          for row in scanner.batch.rows {
            guard let time = row.ownTime else { continue }
            earliest = min(time, earliest ?? time)
            latest = max(time, latest ?? time)
          }
          try collector.consume(scanner.batch)
        }
      }
      parts.append(collector.finish())
    }
    let findings = HuntFindings(merging: parts)
    let span = findings.overriddenSpan
    guard let earliest = earliest ?? span?.lowerBound, let latest = latest ?? span?.upperBound else {
      return HuntResult(plan, findings, replay: nil)
    }
    var replay = Replay(events: earliest...latest, earliestTick: bounds.from, latestTick: bounds.to)
    replay.suppressed = suppressed
    let result = HuntResult(plan, findings, replay: replay)
    if !plan.rulesOverAlerts.isEmpty { return try result.overAlerts(replay) }
    if comparesAnswers { try expectSame(as: result, texts, replay) }
    return result
  }

  /// The indicators of rules among documents, each worker's in batches.
  static func indicators(
    _ rules: [Rule], _ texts: [[String]], catalog: FieldCatalog = .standard, exceptions: [RuleException] = [],
    list: String? = nil
  ) throws -> Indicators {
    let plan = IndicatorPlan(rules, context: EventContext(readAt: readAt), catalog: catalog) { _ in exceptions }
    let registry = EventRegistry()
    return Indicators(
      plan,
      try texts.map { try consume($0, IndicatorCollector(plan, list: list), registry: registry, isOfDocuments: true) })
  }

  /// What a consumer makes of batches of text.
  static func consume<Consumer: RecordConsumer>(
    _ batches: [String], _ consumer: Consumer, registry: EventRegistry = EventRegistry(),
    isOfDocuments: Bool = false, note: (RecordRow) -> Void = { _ in }
  ) throws -> Consumer.Result {
    var region = TextRegion(file: "test")
    region.isOfDocuments = isOfDocuments
    let scanner = RecordScanner(leanFields: consumer.leanFields, registry: registry)
    for text in batches {
      let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 64)
      try bytes.withUnsafeBufferPointer { buffer in
        scanner.beginBatch()
        scanner.scan(UnsafeBufferPointer(rebasing: buffer[..<(buffer.count - 64)]), of: region)
        scanner.finishBatch()
        scanner.batch.rows.forEach(note)
        try consumer.consume(scanner.batch)
      }
    }
    return try consumer.finish()
  }

  /// The alerts of a hunt over one text.
  func alerts(_ text: String) throws -> [Alert] { try Self.alerts(run([[text]])) }

  static func alerts(_ result: HuntResult) throws -> [Alert] {
    var alerts: [Alert] = []
    try result.forEachAlert { alerts.append($0) }
    return alerts
  }
}

extension Alert {
  /// The alert's document, parsed.
  var document: JSONValue { get throws { try JSONValue(parsing: json[...]) } }
}

extension Rule {
  /// A query rule for tests.
  static func query(_ query: String, id: String = "query-rule") -> Rule {
    var rule = Rule(ruleID: id, name: "A query rule", type: .query, severity: .medium, riskScore: 47)
    rule.query = query
    rule.index = ["logs-aws.cloudtrail-*", "filebeat-*"]
    return rule
  }

  /// A new terms rule for tests.
  static func newTerms(_ query: String, _ fields: [String], history: String, id: String = "terms-rule") throws -> Rule {
    var rule = Rule(ruleID: id, name: "A new terms rule", type: .newTerms, severity: .low, riskScore: 21)
    rule.query = query
    rule.index = ["logs-aws.cloudtrail-*", "filebeat-*"]
    rule.newTerms = NewTermsParameters(fields: fields, historyWindowStart: try DateMath(history))
    return rule
  }
}
