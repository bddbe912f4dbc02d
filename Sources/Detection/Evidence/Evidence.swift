import Events
import JSON

/// What an execution searched and found when it created an alert.
public struct Evidence: Sendable, Equatable {
  /// A new term and when its value by itself was last seen before, in a matching event that the execution searched.
  public struct Term: Sendable, Equatable {
    public var field: String
    public var term: NewTerm
    /// Nil when the value stands in no earlier matching event of the history or the window.
    public var lastSeen: Timestamp?
  }

  /// What an execution counted for an alert, and need not be counted again.
  public struct Counted: Sendable, Equatable {
    /// The values of the group, or their hashes, in the order of the fields.
    public var group: [String]
    /// The time of the last event that was counted, as the rule sees it.
    public var to: Timestamp
    /// Of events that are taken in their order, the first and the last: of what is as late as the last only what stands behind it
    /// counts again. Nil where all events until `to` were counted.
    public var ends: Ends?

    public struct Ends: Sendable, Equatable {
      public var first: EventID
      public var last: EventID

      public init(first: EventID, last: EventID) {
        self.first = first
        self.last = last
      }
    }

    public init(group: [String], to: Timestamp, ends: Ends? = nil) {
      self.group = group
      self.to = to
      self.ends = ends
    }
  }

  /// The time that the execution was scheduled for.
  public var scheduled: Timestamp
  /// The window that it searched, both ends included.
  public var from: Timestamp
  public var to: Timestamp
  /// Where its history began; nil for a rule without one. It ends before `from`.
  public var historyFrom: Timestamp?
  /// Where the events that the rule can see begin in what was given; nil when none has a credible time.
  public var inputFrom: Timestamp?
  /// The field by which an event lies in window and history, where that is the time at which it was taken in.
  public var field: String?
  /// Distinct events of the window that match the rule and no exception.
  public var matched: Int
  /// The same of the history.
  public var matchedInHistory: Int?
  public var terms: [Term] = []
  /// For a rule that counts.
  public var counted: Counted?

  /// From when on the history is known: its own start, or where the events that the rule can see begin.
  var coveredFrom: Timestamp? {
    guard let historyFrom else { return nil }
    return min(max(historyFrom, inputFrom ?? to), to)
  }

  /// The evidence under `martlet.evidence`; `query` is KQL that shows the events.
  func json(query: String?) -> JSONValue {
    func span(_ from: Timestamp, _ to: Timestamp) -> JSONValue {
      ["from": .string(from.iso8601), "to": .string(to.iso8601)]
    }
    var matches: [String: JSONValue] = ["window": .integer(Int64(matched))]
    var members: [String: JSONValue] = ["scheduled": .string(scheduled.iso8601), "window": span(from, to)]
    if let historyFrom {
      var history: [String: JSONValue] = ["from": .string(historyFrom.iso8601), "to": .string(from.iso8601)]
      if let covered = coveredFrom {
        history["covered_from"] = .string(covered.iso8601)
        history["complete"] = .bool(covered == historyFrom)
      }
      members["history"] = .object(history)
    }
    if let matchedInHistory { matches["history"] = .integer(Int64(matchedInHistory)) }
    members["matched"] = .object(matches)
    if !terms.isEmpty {
      members["terms"] = .array(
        terms.map { term in
          var members: [String: JSONValue] = ["field": .string(term.field), "value": term.term.json]
          if let lastSeen = term.lastSeen { members["last_seen"] = .string(lastSeen.iso8601) }
          return .object(members)
        })
    }
    if let field { members["field"] = .string(field) }
    if let counted {
      var those: [String: JSONValue] = ["group": .strings(counted.group), "to": .string(counted.to.iso8601)]
      if let ends = counted.ends {
        those["first"] = .string(ends.first.text)
        those["last"] = .string(ends.last.text)
      }
      members["counted"] = .object(those)
    }
    if let query { members["query"] = .string(query) }
    return .object(members)
  }
}
