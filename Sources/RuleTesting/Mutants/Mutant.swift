import Query
import Rules

/// A rule with one thing in it changed, which its tests ought to notice.
struct Mutant: Sendable {
  /// What was changed, for a person; it names the mutant in a test file.
  var change: String
  var rule: Rule
  /// What its query and filters ask for.
  var predicate: Predicate
  /// What it asks of each of several events, where that was changed.
  var steps: EQLPlan?
  /// True when nothing but `predicate` was changed.
  var isOfQuery: Bool
}
