import Events
import JSON

/// Why there is an alert of a rule on an event, or why there is none.
public struct Explanation: Sendable {
  /// The event as it was found in the input.
  public struct Subject: Sendable {
    public var id: String
    /// The event's `@timestamp`; nil when it has none.
    public var time: Timestamp?
    /// The event's time by the rule's own timestamp field; nil when the rule passes over the event for want of it.
    public var ruleTime: Timestamp?
    public var dataStream: String
    /// How often the input holds the event, which counts once; nil where that is not counted: for documents in ECS, and
    /// records that name no id.
    public var deliveries: Int?
    /// How many other events of the input have the same id.
    public var others = 0
    /// What was called, and by whom; nil where the event does not say.
    public var action: String?
    public var actor: String?
    /// `event.outcome`; `failure` for whatever has an error code. Nil where the event does not say.
    public var outcome: String?
    /// The code that the call failed with.
    public var errorCode: String?
    /// Of an alert the name of the rule that raised it; nil for events.
    public var raisedBy: String?
  }

  /// An alert that stands on the event, for a rule that reads alerts.
  public struct AlertOnEvent: Sendable {
    public var id: String
    public var ruleName: String
  }

  /// A part of the query, or the query as a whole, with what the event has to say to it.
  public struct Condition: Sendable {
    public enum Kind: String, Sendable { case all, any, not, condition }

    public var kind: Kind
    /// The condition in the query language; for a group the empty text.
    public var text: String
    /// The condition as a person would say it, and its opposite; empty for a group.
    public var words = ""
    public var negation = ""
    public var holds: Bool
    /// The field that is looked at, and the event's values there; nil where it is not one field.
    public var field: String?
    public var values: [String] = []
    /// What a value is to hold, for showing where in a long one it stands.
    public var sought: String?
    public var parts: [Condition] = []
  }

  /// An exception of the rule, and whether it takes the event out.
  public struct ExceptionOutcome: Sendable {
    public var name: String
    public var place: String
    public var expires: Timestamp?
    public var condition: Condition
  }

  /// What one execution that sees the event made of it.
  public struct ExecutionOutcome: Sendable {
    public enum Result: Sendable {
      /// It created the alert with this id.
      case created(id: String)
      /// An execution before had created it.
      case createdBefore(Timestamp)
      /// The rule's cap was reached first.
      case capped
      /// It is one of the events that the alert with this id, of this execution, stands on.
      case partOf(id: String, Timestamp)
      /// Its alert was folded into the one with this id, which stands for others like it and was created by the execution of this time.
      case foldedInto(id: String, Timestamp)
      /// The execution counted so many events of the event's group, itself among them, and the rule asks for more.
      case counted(Int, of: Int)
      /// The execution did not find the events that are to go with it: why not, a clause for each step of a sequence that the event meets.
      case incomplete([String])
      /// It can only keep sequences from alerting, as an event of `until` or one that must be missing: what it did, a clause for each.
      case opposed([String])
      /// Behind this command of the rule's query no row is made of the event any more.
      case leftOut(line: Int, command: String)
      /// The execution failed.
      case failed(String)
      /// An exception that had not yet expired held the event back.
      case excepted
      /// The query names times relative to the execution's own, from which it does not match the event.
      case unmatched
      /// The combination had been seen before.
      case seenBefore(Sighting)
      /// An earlier event of the window has the same combination, and the alert is built on that one.
      case builtOn(Sighting)
    }

    public var scheduled: Timestamp
    public var from: Timestamp
    public var to: Timestamp
    public var historyFrom: Timestamp?
    /// The combination of new terms in question; empty for other rules.
    public var terms: [NewTerm]
    public var result: Result
  }

  /// An earlier event with the same combination.
  public struct Sighting: Sendable {
    public var id: String
    public var time: Timestamp
  }

  public var ruleName: String
  public var ruleID: String
  /// Nil when the input does not hold the event.
  public var subject: Subject?
  /// Why the rule does not run at all; nil when it does.
  public var unrunnable: String?
  /// True when the rule reads the event's data stream.
  public var readsStream = false
  public var indexPattern: [String] = []
  public var condition: Condition?
  public var exceptions: [ExceptionOutcome] = []
  /// The new terms fields that the event has no value in.
  public var missingTerms: [String] = []
  /// For a rule that compares events with indicators.
  public var indicators: Indicators?
  public var executions: [ExecutionOutcome] = []
  public var maxSignals = 0
  /// Where the event is no alert and the rule reads alerts: those that stand on it.
  public var alertsOnEvent: [AlertOnEvent] = []
  /// For a rule that reads alerts: which there were for it.
  public var alertSupply: AlertSupply.Account?

  /// True when there is an alert.
  public var isAlert: Bool {
    executions.contains { execution in
      switch execution.result {
      case .created, .partOf, .foldedInto: true
      default: false
      }
    }
  }
}
