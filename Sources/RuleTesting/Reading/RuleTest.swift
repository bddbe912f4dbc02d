import Events
import JSON
import Rules

/// A file of test events, as written.
struct RuleTestFile {
  var path: String
  /// The record that every event starts from.
  var defaults: JSONValue
  var tests: [RuleTest]
  /// What the rule looks things up in.
  var lookups = LookupData.none
  /// Mutants that no test can notice, with the reasons.
  var survivors: [Survivor] = []

  /// A mutant that is known to go unnoticed.
  struct Survivor {
    var mutant: String
    var reason: String
    var position: SourcePosition
  }

  /// Events whose alerts are looked at.
  var eventCount: Int { tests.reduce(0) { $0 + $1.events.count } }
}

/// One promise of a rule: what happened before, and what is said of each event.
struct RuleTest {
  var name: String
  var position: SourcePosition
  var history: [TestEvent]
  var events: [TestEvent]
}

/// An event of a test.
struct TestEvent {
  enum Form {
    /// What differs from the defaults: paths or names of members with their values, in the order of writing.
    case record(changes: [(key: String, value: JSONValue)])
    /// A whole event in ECS.
    case ecs([String: JSONValue])
  }

  var position: SourcePosition
  var time: Timestamp
  var form: Form
  /// Characters by which the request, and the answer if there is one, are made longer.
  var padding = 0
  /// What the rule is to do; nil for history.
  var expectation: Expectation?

  struct Expectation {
    var alerts: Bool
    /// The new values in the order of the rule's fields, where the test names them.
    var newTerms: [JSONValue]?
    var newTermsPosition: SourcePosition?
    /// The alert's severity, where the test names it.
    var severity: Severity?
  }
}
