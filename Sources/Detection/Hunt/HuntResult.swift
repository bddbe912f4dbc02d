import CloudTrail
import Events
import Parallel
import Policies
import Rules

/// What the rules of a hunt come to once the schedule has been replayed.
public struct HuntResult: Sendable {
  /// What became of one rule.
  public struct RuleOutcome: Sendable {
    public let rule: Rule
    public let executions: Int
    public internal(set) var alerts: Int
    /// Executions that hit the cap.
    public let cuts: [Replay.Cut]
    /// Alerts that no execution created because of the cap.
    public let lost: Int
    /// The most alerts that one execution may create.
    public var cap = 0
    /// Events that met the rule's query within the times that the plan counts, nil where it counts none: of rules on several events those that
    /// met a part of it.
    public var matched: Int?
    /// Events that have more combinations of new terms than count.
    public var cutEvents = 0
    /// What executions warned of, each text with how many did.
    public var warnings: [(text: String, executions: Int)] = []
    /// What failed in conditions for events, which then did not meet them; in order, a bounded number.
    public var faults: [String] = []
    /// Executions that failed, and why.
    public var failures: [(tick: Timestamp, message: String)] = []
  }

  public internal(set) var outcomes: [RuleOutcome]
  /// Rules that Elasticsearch would not run in view of what the values in the input are: they have no executions.
  public let refused: [UnrunnableRule]
  /// How many alerts there are.
  public var alertCount: Int { planned.count }

  var planned: [PlannedAlert]
  /// Alerts of earlier runs that have taken in more.
  public private(set) var grown: [GrownAlert] = []
  /// Why an event could not be read by whose values alerts are folded; nil where all could be.
  let unreadable: (any Error)?
  /// Alerts that rules over alerts did not read, there being too many.
  public internal(set) var alertsLeft = 0
  /// Alerts that rules over alerts match and that found no room among what is remembered.
  public internal(set) var alertProblems = ProblemLog()
  /// False where rules over alerts would go on making alerts of one another's.
  public internal(set) var areAlertsSettled = true
  /// The context of each alert, once it has been gathered.
  var contexts: [AlertContext?] = []
  /// Calls that opened sessions and were not kept, since there were too many: chains may end early for want of them.
  public var openingsLeft: Int { findings.sessions.left }
  /// Events of the alerts' principals that were not kept for want of memory: context counts without them.
  public internal(set) var activityLeft = 0
  var findings: HuntFindings
  let plan: HuntPlan

  /// An alert that is to be made.
  struct PlannedAlert: Sendable {
    var rule: Int
    var finding: Finding
    /// The event that the alert stands on; nil for one that stands on none.
    var kept: KeptReference?
    var evidence: Evidence

    var tick: Timestamp { finding.tick }
    var sighting: Sighting { finding.sighting }
    var terms: [NewTerm] { finding.terms }
  }

  /// Replays the schedule of every rule of a plan over what was found.
  ///
  /// - Parameter view: when events counted as taken in as the findings were made.
  public init(_ plan: HuntPlan, _ findings: HuntFindings, replay: Replay?, _ view: IngestionView = .replayed) {
    self.plan = plan
    self.findings = findings
    let replayed = plan.rules.indices.concurrentSlices(of: 4) { places in
      let reader = FindingReader(plan, findings)
      let metadata = findings.metadata(plan.context)
      return places.map { Replayed(plan, findings, at: $0, replay: replay, view, reader, metadata) }
    }
    grown = replayed.flatMap { $0.grown }
    unreadable = replayed.lazy.compactMap(\.unreadable).first
    // By execution, then by rule, then in the order of creation.
    refused = replayed.compactMap(\.refused)
    outcomes = replayed.map(\.outcome)
    planned = replayed.flatMap(\.planned).enumerated().sorted { left, right in
      (left.element.tick.milliseconds, left.element.rule, left.offset)
        < (right.element.tick.milliseconds, right.element.rule, right.offset)
    }.map(\.element)
  }

  /// The ids of rules that go by the time at which events were taken in.
  public var rulesByIngestion: Set<String> {
    Set(plan.rules.lazy.filter(\.goesByIngestion).map(\.rule.ruleID))
  }

  /// Rules whose index patterns match no data stream of the input, so that they saw none of it.
  public var blindRules: [Rule] {
    plan.rules.indices.filter { findings.isReading.indices.contains($0) && !findings.isReading[$0] }
      .map { plan.rules[$0].rule }
  }

  /// Names of the input's data streams, sorted, a bounded number.
  public var dataStreams: [String] { findings.streams.sorted() }

  /// Fields, and patterns of fields, that a rule or its exceptions name and no event is known to have, nor has any of the input; in order.
  public var unknownFields: [(rule: Rule, field: String)] {
    plan.rules.flatMap { rule in
      (rule.unknownColumns.map(\.path) + rule.unknownPatterns.map(\.text))
        .filter { !findings.metFields.contains($0) }.map { (rule.rule, $0) }
    }
  }

  /// How many events no rule reads, by their data streams, in order; those of further streams stand under an empty name.
  public var unreadEvents: [(stream: String, count: Int)] {
    findings.unread.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// What was given of the histories that alerts rest on, where it was not all of one.
  public struct ShortHistory: Sendable {
    /// How many alerts rest on a history that was given in part.
    public var alerts: Int
    /// The shortest part, and the history that it is of, both up to the end of the window, in milliseconds.
    public var given: Int64
    public var asked: Int64
  }

  /// Nil where every alert's history was given whole.
  public var shortHistory: ShortHistory? {
    var short: ShortHistory?
    for alert in planned {
      let evidence = alert.evidence
      guard let from = evidence.historyFrom, let covered = evidence.coveredFrom, covered > from else { continue }
      // The history counts from the end of the window.
      let given = evidence.to.milliseconds - covered.milliseconds
      let count = (short?.alerts ?? 0) + 1
      if let known = short, known.given <= given {
        short?.alerts = count
      } else {
        short = ShortHistory(
          alerts: count, given: given, asked: evidence.to.milliseconds - from.milliseconds)
      }
    }
    return short
  }

  /// Makes the alerts, on all cores, and hands them over one by one.
  ///
  /// - Parameter order: places of alerts, counted in the order in which their executions were scheduled; all in that order
  ///   unless given.
  public func forEachAlert(in order: [Int]? = nil, _ body: (Alert) throws -> Void) throws {
    if let unreadable { throw unreadable }
    let order = order ?? Array(planned.indices)
    let documents = ruleDocuments()
    let policies = PolicyHistory(findings.policies)
    let sessions = try sessionIndex()
    var next = 0
    while next < order.count {
      let end = slice(of: order, from: next)
      for alert in try order[next..<end].concurrentSlices(of: 16, { try alerts($0, documents, policies, sessions) }) {
        try body(alert)
      }
      next = end
    }
  }

  /// The same for the alerts of the rule at a place of the plan, each with what it was planned as.
  func forEachAlert(ofRule place: Int, _ body: (PlannedAlert, Alert) throws -> Void) throws {
    let order = planned.indices.filter { planned[$0].rule == place }
    var next = order.makeIterator()
    try forEachAlert(in: order) { alert in
      guard let place = next.next() else { return }
      try body(planned[place], alert)
    }
  }

  /// Who opened the sessions of the alerts' events.
  private func sessionIndex() throws -> SessionIndex {
    guard !planned.isEmpty, !findings.sessions.held.isEmpty else { return SessionIndex(findings.sessions) }
    let wanted = try planned.concurrentSlices(of: 256) { alerts in
      let reader = SessionReader(plan.context, catalog: plan.catalog)
      return try alerts.flatMap { alert in
        try alert.kept.map { try findings.withRow($0) { reader.uses(of: $0) } } ?? []
      }
    }
    let reader = SessionReader(plan.context, catalog: plan.catalog)
    return SessionIndex(try findings.sessions.reading(Set(wanted), reader))
  }

  /// Alerts are large texts: this many are held at once, or as many as events of so many bytes make.
  private static let alertsAtOnce = 256
  private static let alertBytesAtOnce = 16 << 20

  /// The end of the alerts that are made together.
  private func slice(of order: [Int], from start: Int) -> Int {
    var end = start
    var bytes = 0
    while end < order.count, end - start < Self.alertsAtOnce, bytes < Self.alertBytesAtOnce {
      bytes += planned[order[end]].kept.map(findings.length) ?? 0
      end += 1
    }
    return end
  }

  private func alerts(
    _ places: ArraySlice<Int>, _ documents: [Int: RuleDocument], _ policies: PolicyHistory,
    _ sessions: SessionIndex
  ) throws -> [Alert] {
    let builder = AlertBuilder(plan.context, catalog: plan.catalog, policies: policies, sessions: sessions)
    return try places.map { place in
      let alert = planned[place]
      guard let document = documents[alert.rule] else { preconditionFailure("every rule has its document") }
      return try builder.alert(
        plan.rules[alert.rule], document, alert, context: contexts.isEmpty ? nil : contexts[place], findings)
    }
  }

  /// What alerts say of their rules, for the rules that have any.
  private func ruleDocuments() -> [Int: RuleDocument] {
    var documents: [Int: RuleDocument] = [:]
    for at in Set(planned.map(\.rule)) {
      documents[at] = RuleDocument(plan.rules[at], catalog: plan.catalog, readAt: plan.context.readAt)
    }
    return documents
  }
}
