import Events
import Query
import Rules

/// A rule type: what it wants to know of each event that its rule's question matches, and what executions find in that.
///
/// A type is one file beside this one. Whoever runs rules (a hunt over files, stored answers, a back-test) knows this
/// protocol alone. Duties:
///
/// 1. What is noted of an event depends on the event and the rule's question only, never on other events, on the schedule or
///    on the time at which it was asked. It is kept beside stored events and read in place of asking again.
/// 2. `findings` starts what one worker gathers. Workers' are merged; see `RuleFindings` for what holds of them.
/// 3. Programs of two rules whose questions have the same `signature`, and that ask the same of events, note the same.
protocol RuleProgram: Sendable {
  /// What is noted of a match beside when it was and which event it is.
  var noting: Noting { get }
  /// What the program asks of events beside its rule's query, as bytes that tell it from any other.
  var signature: [UInt8] { get }
  /// True when executions look behind their window.
  var hasHistory: Bool { get }
  /// How many executions before the first one are looked at, so that what they counted is not counted again.
  var formerExecutions: Int64 { get }
  /// How far behind the window of an execution it looks at what the rule matched, in milliseconds: what it finds within depends on what
  /// was found before.
  var lookBehind: Int64 { get }
  /// Nothing gathered yet.
  func findings() -> any RuleFindings
}

extension RuleProgram {
  var signature: [UInt8] { [] }
  var hasHistory: Bool { false }
  var formerExecutions: Int64 { 0 }
  var lookBehind: Int64 { 0 }
}

/// What is noted of an event that a rule matches: byte strings, of which equal ones are held once.
enum Noting: Sendable {
  case nothing
  /// One note for each combination of the values of fields, as `TermCombination` writes them. Events that lack a field have
  /// none; where the last `optional` fields have no value, combinations end before them.
  case combinations([HuntRule.TermField], optional: Int = 0)

  /// One note: the values of fields that the event is compared with indicators by, as `IndicatorValues` writes them.
  case values([HuntRule.TermField])

  /// One note: the event as a candidate of a query in EQL. What lacks the keys of all items that it meets has none.
  case candidates(EQLBinding)

  /// One note: what a query in ES|QL looks at of the event. What single events tell to be left out does not match at all.
  case rows(ESQLBinding)

  /// The fields whose values are noted.
  var columnPaths: [String] {
    switch self {
    case .nothing: []
    case .combinations(let fields, _), .values(let fields): fields.map(\.path)
    case .rows(let binding): binding.query.fieldPaths
    case .candidates(let binding): binding.plan.items.flatMap { $0.keys.map(\.field) }
    }
  }

  /// The fields whose values are noted.
  var fields: [HuntRule.TermField] {
    switch self {
    case .combinations(let fields, _), .values(let fields): fields
    case .nothing, .candidates, .rows: []
    }
  }
}

/// What a rule has matched, gathered for its type, and what executions find in it. A partial answer: of one worker, or of all.
///
/// 1. Matches come in any order, and an event may come more than once; what is found depends on neither.
/// 2. Merging is associative, and merging before or after adding gives the same.
/// 3. After `finish` nothing is added; `run` and what tells of it may be called, from several tasks. What is finished may yet be
///    merged with others, and is finished again then: as often as that happens, all comes to what it comes to at once.
/// 4. Memory grows with matches, never with what was looked at, and is taken from the `MatchRoom` first.
protocol RuleFindings: Sendable {
  /// About what a match takes from its finding to its alert.
  static var matchBytes: Int { get }
  /// Adds a match. Returns false when there was no room for all of it.
  mutating func add(_ sighting: Sighting, _ notes: some NoteSource, _ room: MatchRoom) throws -> Bool
  /// Takes over what another worker gathered for the same rule.
  mutating func merge(_ other: any RuleFindings)
  /// Ends the gathering, once the findings of all workers have been merged; a second time changes nothing.
  mutating func finish()
  /// Gives the sources of all events that are kept later places.
  mutating func moveSources(by count: UInt32)
  /// Events that have more notes than count.
  var cutEvents: Int { get }
  /// What the executions of a schedule make of it, in the order of creation.
  func run(_ executions: Executions) -> Outcome
  /// The evidence of findings, in their order.
  func evidence(_ found: [Finding], _ rule: HuntRule) -> [Evidence]
  /// Calls `body` with the events that matched, some of them more than once; those that decide nothing may be left out.
  func forEachMatch(_ body: (Sighting) -> Void)
  /// What an event is looked at as: each combination of terms that it has, with all sightings of that in order; for a rule
  /// without terms one entry.
  func sightings(with sighting: Sighting) -> [(terms: [NewTerm], sightings: [Sighting])]
}

/// What an execution makes an alert of.
struct Finding: Sendable {
  /// When the execution was scheduled.
  var tick: Timestamp
  /// The event that the alert stands on; of several the last.
  var sighting: Sighting
  /// The combination of new terms, in order; empty for other types.
  var terms: [NewTerm] = []
  /// What it stands on beside that one event.
  var basis = Basis.event
  /// What it stands for beside itself, where alike alerts are folded into one.
  var suppressed: FoundSuppression?

  enum Basis: Sendable {
    /// The event alone.
    case event
    /// A group of events that were counted.
    case group(CountedGroup)
    /// Events that follow one another, or belong together.
    case sequence(FoundSequence)
    /// A row that a query in ES|QL gave.
    case row(FoundRow)
    /// The event, which indicators match.
    case match(FoundMatch)
  }
}

extension Finding {
  /// All events that the alert stands on, in order.
  var events: [Sighting] {
    switch basis {
    case .event, .match: [sighting]
    case .group(let group): group.events
    case .sequence(let found): found.events.compactMap(\.self)
    case .row(let row): row.events
    }
  }

  /// The values that tell the alert from others on the same events.
  var groupTerms: [NewTerm] { if case .group(let group) = basis { group.terms } else { terms } }
}

/// What a worker lends to findings while one match is added to them: memory, and the keeping of the event.
struct MatchRoom {
  private let builder: FindingsBuilder
  private let row: Int

  init(_ builder: FindingsBuilder, row: Int) {
    self.builder = builder
    self.row = row
  }

  /// True when something was asked for that there was no memory for.
  var isUsedUp: Bool { builder.isUsedUp }

  /// Takes memory; false when there is none left.
  func take(_ bytes: Int) -> Bool { builder.take(bytes) }

  /// Keeps what an alert on the event will be made of; the same event is kept once.
  func keep() throws -> KeptReference { try builder.keep(row) }

  /// The same where it takes no room, since the event is stored; else nil.
  func reference() throws -> KeptReference? { builder.refersToStored ? try builder.keep(row) : nil }
}
