import Alerts
import CloudTrail
import Detection
import Events
import Exceptions
import Foundation
import Ingestion
import Outputs
import Rules
import Running
import SegmentStore
import Store
import Synchronization

/// The rules of a folder as they are now, with their exceptions and the types of fields: looked at again when they have changed.
public final class RuleBook: Sendable {
  /// What rules come to at one time.
  struct Edition: Sendable {
    var mark: String
    /// Rules that are switched on and can run, by id.
    var rules: [String: Rule]
    var exceptions: ExceptionSet
    var catalog: FieldCatalog
    /// False where a mapping gives fields other types than those that are stored.
    var asksColumns: Bool
    /// What is wrong with rules, a sentence each.
    var troubles: [String]

    func tell(_ log: ServiceLog, _ metrics: Metrics) {
      for trouble in troubles { log.warn(trouble) }
      log.close("\(CountText.count(rules.count, "rule")) \(rules.count == 1 ? "runs" : "run")")
      metrics.set("martlet_rules", Double(rules.count))
      metrics.set("martlet_rules_wrong", Double(troubles.count))
    }
  }

  private struct State {
    var edition: Edition?
    var answering: RuleAnswering?
    /// The indicators among stored events, and what they were read of.
    var indicators: (key: [String], found: Indicators)?
  }

  private let data: String
  private let namespace: String
  private let geoDatabases: [GeoDatabase]
  /// Lists of indicators beside those that are stored, each `NAME=FILE`.
  private let lists: [String]
  private let state = Mutex(State())

  /// - Parameter indicators: lists of indicators beside those that are stored, each `NAME=FILE`; they are read anew when a file has
  ///   changed.
  public init(
    _ data: String, namespace: String = "default", geoDatabases: [GeoDatabase] = [], indicators lists: [String] = []
  ) {
    self.data = data
    self.lists = lists
    self.namespace = namespace
    self.geoDatabases = geoDatabases
  }

  func context(_ now: Timestamp) -> EventContext {
    EventContext(readAt: now, namespace: namespace, geoDatabases: geoDatabases)
  }

  /// The rules as they are, read anew where something has changed; also whether it was.
  func current(_ alerts: AlertStore, now: Timestamp) throws -> (edition: Edition, isNew: Bool) {
    let mark = try alerts.rulesMark()
    if let known = state.withLock({ $0.edition }), known.mark == mark { return (known, false) }
    KeptMapping.look(again: data)
    var loaded = try FolderRules.load(alerts)
    let mapping = try KeptMapping.of(data)
    let catalog = mapping.map { FieldCatalog.standard.applying($0.mapping) } ?? .standard
    var troubles = loaded.diagnostics.filter { $0.severity == .error }.map(\.description)
    troubles += loaded.leaveOutWrong(at: now)
    let exceptions = ExceptionSet(
      ExceptionLoader.load(paths: [], rules: loaded, catalog: catalog, tellsUnknownFields: false))
    let all = loaded.rules.map(\.rule).filter(\.isEnabled)
    var edition = Edition(
      mark: mark, rules: Dictionary(all.map { ($0.ruleID, $0) }) { one, _ in one }, exceptions: exceptions,
      catalog: catalog, asksColumns: mapping == nil && geoDatabases.isEmpty, troubles: troubles)
    let plan = plan(of: all, edition, now: now, Indicators(questions(of: all, edition, now: now), []))
    for rule in plan.unrunnable {
      edition.rules[rule.rule.ruleID] = nil
      edition.troubles.append("\(rule.rule.name) does not take part: \(rule.reason)")
    }
    let answering = edition.asksColumns ? RuleAnswering(plan) : nil
    state.withLock { state in
      state.edition = edition
      state.answering = answering
    }
    return (edition, true)
  }

  private func questions(of rules: [Rule], _ edition: Edition, now: Timestamp) -> IndicatorPlan {
    IndicatorPlan(rules, context: context(now), catalog: edition.catalog) {
      edition.exceptions.ruleExceptions(for: $0)
    }
  }

  /// What indicator match rules compare events with: the indicators among those that are stored and those of lists, read anew where
  /// there are others. A list that cannot be read is told; rules go on with what there is beside it.
  /// A rule without any is told of whenever they are read.
  func indicators(
    _ edition: Edition, _ snapshot: SegmentStore.Snapshot, now: Timestamp, _ log: ServiceLog
  ) async throws -> Indicators {
    let rules = edition.rules.values.filter { $0.type == .threatMatch }.sorted { $0.ruleID < $1.ruleID }
    guard !rules.isEmpty else { return .none }
    let questions = questions(of: rules, edition, now: now)
    let key =
      [edition.mark] + StoredIndicators.parts(of: snapshot, questions) + lists.map { IndicatorLists.mark($0) }
    if let known = state.withLock({ $0.indicators }), known.key == key { return known.found }
    let read = try await StoredIndicators.read(snapshot, questions, now: now, dataStream: questions.context.dataStream)
    let listed = listed(questions, log)
    let found = Indicators(questions, read.found + listed)
    for problem in read.problems.problems.prefix(20) { log.fail(problem.description) }
    for part in read.missing {
      log.fail("\(CountText.count(part.count, "indicator")) cannot be read: \(part.reason)")
    }
    for rule in rules { if let reason = found.obstacle(rule) { log.warn("\(rule.name): \(reason)") } }
    state.withLock { $0.indicators = (key, found) }
    return found
  }

  private func listed(_ questions: IndicatorPlan, _ log: ServiceLog) -> [FoundIndicators] {
    var found: [FoundIndicators] = []
    for list in lists {
      do {
        let outcome = try IndicatorLists.read([list], questions, origin: "indicators")
        for name in outcome.unread { log.warn("no rule looks for indicators in the list \(name)") }
        for problem in outcome.problems.problems.prefix(20) { log.fail(problem.description) }
        found += outcome.found
      } catch {
        log.fail(error.description)
      }
    }
    return found
  }

  func plan(of rules: [Rule], _ edition: Edition, now: Timestamp, _ indicators: Indicators) -> HuntPlan {
    HuntPlan(
      rules, context: context(now), catalog: edition.catalog, indicators: indicators, runsUncovered: true
    ) {
      edition.exceptions.ruleExceptions(for: $0)
    } query: {
      try RuleQuery.predicate($0, edition.catalog)
    }
  }

  /// The answers of all rules about a new segment, which are kept beside it; none before the rules have been read, or where they are not
  /// asked of columns.
  public func answers(of part: SegmentPart, _ content: SourcedBatch) throws -> KeptAnswers {
    guard let answering = state.withLock({ $0.answering }) else { return KeptAnswers() }
    return try answering.answers(of: part, content)
  }
}
