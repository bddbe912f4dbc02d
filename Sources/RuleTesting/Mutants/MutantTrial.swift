import Detection
import Events
import JSON
import Query
import Rules

/// Runs a rule's tests against its mutants.
enum MutantTrial {
  private struct Trial {
    /// History first.
    var events: [TestEvent]
    var records: [SilenceReason.Record]
    /// The rows that the rule's query and then each mutant's matches; nil where they cannot be compared.
    var matches: [Bitmap]?
  }

  /// What the tests notice. The rule's tests hold.
  static func run(_ rule: LoadedRule, _ file: RuleTestFile, _ catalog: FieldCatalog) -> MutantOutcome {
    guard let mutants = try? RuleMutants.of(lean(rule.rule), catalog: catalog) else {
      preconditionFailure("a rule whose tests have run has a query")
    }
    let trials = trials(of: mutants, file, rule.rule, catalog)
    let unnoticed = mutants.indices.filter {
      !isNoticed($0, mutants[$0], trials, catalog, file.lookups)
    }.map { mutants[$0].change }
    let named = Set(file.survivors.map(\.mutant))
    return MutantOutcome(
      count: mutants.count, unnoticed: unnoticed.filter { !named.contains($0) },
      named: unnoticed.count { named.contains($0) },
      stale: file.survivors.map(\.mutant).filter { !unnoticed.contains($0) },
      isCut: mutants.count >= RuleMutants.limit)
  }

  private static func trials(
    of mutants: [Mutant], _ file: RuleTestFile, _ rule: Rule, _ catalog: FieldCatalog
  ) -> [Trial] {
    guard let own = try? RuleQuery.predicate(rule, catalog) else { return [] }
    let queries = [own] + mutants.map(\.predicate)
    let trials = file.tests.enumerated().map { number, test in
      let records = RuleTestRunner.records(test, file, number)
      let trial = Trial(
        events: test.history + test.events, records: records,
        matches: TestHunt.matches(of: queries, in: records, catalog: catalog))
      return (trial, size: records.reduce(0) { $0 + $1.record.text.utf8.count })
    }
    // The one that is run first decides most, so it had better be short.
    return trials.sorted { $0.size < $1.size }.map(\.0)
  }

  private static func isNoticed(
    _ number: Int, _ mutant: Mutant, _ trials: [Trial], _ catalog: FieldCatalog, _ lookups: LookupData
  ) -> Bool {
    // What the matches say by themselves spares most of the work.
    let open = trials.filter { !isUnmoved($0, number, mutant) }
    return open.contains { losesAlert($0, number) }
      || open.contains { notices($0, number, mutant, catalog, lookups) }
  }

  /// A mutant that matches the same events gives the same alerts.
  private static func isUnmoved(_ trial: Trial, _ number: Int, _ mutant: Mutant) -> Bool {
    guard mutant.isOfQuery, let matches = trial.matches else { return false }
    return matches[0] == matches[number + 1]
  }

  /// There is no alert on an event that is not matched.
  private static func losesAlert(_ trial: Trial, _ number: Int) -> Bool {
    guard let matches = trial.matches else { return false }
    return trial.events.indices.contains { row in
      trial.events[row].expectation?.alerts == true && !matches[number + 1].contains(row)
    }
  }

  private static func notices(
    _ trial: Trial, _ number: Int, _ mutant: Mutant, _ catalog: FieldCatalog, _ lookups: LookupData
  ) -> Bool {
    guard mutant.isOfQuery, mutant.rule.type == .query, let matches = trial.matches,
      trial.records.count <= mutant.rule.schedule.maxSignals
    else { return notices(trial.events, trial.records, mutant, catalog, lookups) }
    // Below the cap, what a query rule makes of an event does not depend on others.
    return trial.events.indices.contains { row in
      matches[0].contains(row) != matches[number + 1].contains(row)
        && notices([trial.events[row]], [trial.records[row]], mutant, catalog, lookups)
    }
  }

  /// Whether a test fails when the mutant takes the rule's place.
  static func notices(
    _ events: [TestEvent], _ records: [SilenceReason.Record], _ mutant: Mutant, _ catalog: FieldCatalog,
    _ lookups: LookupData = .none
  ) -> Bool {
    let query = mutant.predicate
    // A mutant that cannot run is noticed by whoever runs it.
    let hunt = TestHunt(
      mutant.rule, catalog: catalog, lookups: lookups, steps: mutant.steps, query: { _ in query })
    guard let outcome = try? hunt.run(records) else { return true }
    return zip(events, outcome.alerts).contains { event, alerts in
      event.expectation.map { !RuleTestRunner.holds($0, alerts) } ?? false
    }
  }

  /// The rule without prose, which every alert would carry.
  private static func lean(_ rule: Rule) -> Rule {
    var rule = rule
    rule.description = ""
    rule.note = nil
    rule.setup = nil
    rule.tags = []
    rule.references = []
    rule.falsePositives = []
    rule.threats = []
    rule.investigationFields = []
    return rule
  }
}
