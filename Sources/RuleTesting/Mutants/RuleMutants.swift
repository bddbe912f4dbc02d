import Detection
import Events
import Query
import Rules

/// Makes the mutants of a rule: of its query and filters or of each of its steps, its new terms and their history, its threshold,
/// and what raises its severity.
enum RuleMutants {
  /// How many are made of one rule at most.
  static let limit = 2000

  /// The mutants of a rule that can run; throws what is wrong with its query.
  static func of(_ rule: Rule, catalog: FieldCatalog) throws -> [Mutant] {
    let predicate = try RuleQuery.predicate(rule, catalog)
    var mutants = try ofQuery(rule, predicate, catalog)
    func add(_ change: String, _ edit: (inout Rule) -> Void) {
      guard mutants.count < limit else { return }
      var other = rule
      edit(&other)
      mutants.append(Mutant(change: change, rule: other, predicate: predicate, isOfQuery: false))
    }
    if rule.type == .newTerms, let terms = rule.newTerms {
      for (at, field) in terms.fields.enumerated() {
        var others = terms.fields
        others.remove(at: at)
        guard others.isEmpty else {
          add("new terms without `\(field)`") { $0.newTerms?.fields = others }
          continue
        }
        // A rule needs a field: one that tells all events apart, and one that tells none.
        add("new terms of `@timestamp` in place of `\(field)`") { $0.newTerms?.fields = ["@timestamp"] }
        add("new terms of `event.dataset` in place of `\(field)`") { $0.newTerms?.fields = ["event.dataset"] }
      }
      for start in neighbours(of: terms.historyWindowStart) where precedes(start, rule.schedule) {
        add("a history from `\(start.text)` in place of `\(terms.historyWindowStart.text)`") {
          $0.newTerms?.historyWindowStart = start
        }
      }
    }
    if rule.type == .threshold, let threshold = rule.threshold {
      for (at, field) in threshold.fields.enumerated() {
        add("groups without `\(field)`") { $0.threshold?.fields.remove(at: at) }
      }
      for value in [threshold.value - 1, threshold.value + 1] where value > 0 {
        add("a threshold of \(value) in place of \(threshold.value)") { $0.threshold?.value = value }
      }
      for (at, cardinality) in threshold.cardinality.enumerated() {
        for value in [cardinality.value - 1, cardinality.value + 1] where value > 0 {
          add("\(value) in place of \(cardinality.value) values of `\(cardinality.field)`") {
            $0.threshold?.cardinality[at].value = value
          }
        }
      }
    }
    for (at, mapping) in rule.severityMapping.enumerated() {
      add("without the severity \(mapping.severity.rawValue) where `\(mapping.field)` is `\(mapping.value)`") {
        $0.severityMapping.remove(at: at)
      }
    }
    return mutants
  }

  /// Of a rule on several events each step is changed by itself, and of one in ES|QL the text of its query: what its events have in
  /// common is not all that it asks.
  private static func ofQuery(_ rule: Rule, _ predicate: Predicate, _ catalog: FieldCatalog) throws -> [Mutant] {
    if rule.type == .esql {
      return try ESQLQuery(rule.query ?? "").changes(limit: limit).map { change in
        var other = rule
        other.query = change.query
        return Mutant(
          change: change.text, rule: other, predicate: (try? RuleQuery.predicate(other, catalog)) ?? .all,
          isOfQuery: false)
      }
    }
    guard let steps = try RuleQuery.steps(rule, catalog) else {
      return QueryMutants.of(predicate, catalog: catalog, limit: limit).map { change in
        Mutant(change: change.text, rule: rule, predicate: change.predicate, isOfQuery: true)
      }
    }
    var mutants: [Mutant] = []
    for item in steps.steps {
      for change in QueryMutants.of(item.predicate, catalog: catalog, limit: limit - mutants.count) {
        let other = steps.replacing(step: item.step.number, by: change.predicate)
        mutants.append(
          Mutant(
            change: "step \(item.step.number): \(change.text)", rule: rule, predicate: other.anyItem, steps: other,
            isOfQuery: false))
      }
    }
    return mutants
  }

  /// A history that is shorter and one that is longer, each by a tenth or at least by one of the unit.
  private static func neighbours(of start: DateMath) -> [DateMath] {
    let text = start.text
    guard text.hasPrefix("now-"), let unit = text.last, unit.isLetter,
      let count = Int(text.dropFirst(4).dropLast()), (1...1_000_000).contains(count)
    else { return [] }
    let step = max(1, count / 10)
    return [count - step, count + step].filter { $0 > 0 }.compactMap { try? DateMath("now-\($0)\(unit)") }
  }

  /// Whether a history begins before the window does.
  private static func precedes(_ start: DateMath, _ schedule: RuleSchedule) -> Bool {
    guard let offset = start.fixedOffset, let from = schedule.from.fixedOffset, let to = schedule.to.fixedOffset
    else { return true }
    return to + offset < from
  }
}
