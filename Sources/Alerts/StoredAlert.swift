import Events
import JSON

/// An alert as it is kept: the document that a rule made, and what people have done with it since.
public struct StoredAlert: Sendable {
  public let id: String
  public let ruleID: String
  /// When the execution that created it was scheduled.
  public let tick: Timestamp
  /// The document as it was made.
  public let made: [UInt8]
  public let workflow: AlertWorkflow
  /// Milliseconds from the execution's time to when the alert was made, where the execution had run before without it.
  public let late: Int64?
  /// What shows that it would not have been made: an event's id, or why; nil where nothing does.
  public let contradictedBy: String?
  /// Former figures, the oldest first.
  public let revised: [JSONValue]

  /// True for an alert that is one of those that another is put together of.
  var isPartOfGroup: Bool { (try? JSONValue(parsing: made[...]))?["kibana.alert.group.index"] != nil }

  /// The document with what has come since: workflow fields, and under `martlet` how late it was, what contradicts it, and
  /// its former figures. Throws `JSONTextError` where what is stored is no JSON.
  public func document() throws -> [UInt8] {
    var own: [String: JSONValue] = [:]
    if let late { own["late"] = .integer(late) }
    if let contradictedBy { own["contradicted_by"] = .string(contradictedBy) }
    if !revised.isEmpty { own["revised"] = .array(revised) }
    if !workflow.notes.isEmpty { own["notes"] = .array(workflow.notes.map(\.json)) }
    let members = workflow.members
    guard !own.isEmpty || !members.isEmpty else { return made }
    return try AlertText.setting(members, below: "martlet", own, in: made)
  }
}

/// What people have done with an alert.
public struct AlertWorkflow: Equatable, Sendable {
  /// Elastic Security's states of an alert.
  public enum Status: String, CaseIterable, Sendable {
    case open, acknowledged, closed
  }

  public struct Note: Equatable, Sendable {
    public var at: Timestamp
    public var who: String
    public var text: String

    var json: JSONValue { ["at": .string(at.iso8601), "who": .string(who), "text": .string(text)] }
  }

  public var status = Status.open
  /// Why it was closed.
  public var reason: String?
  public var tags: [String] = []
  public var assignees: [String] = []
  /// When the status was last changed; nil while it never was.
  public var changedAt: Timestamp?
  public var notes: [Note] = []

  public init() {}

  /// The fields of the document that say so; none while nothing was done.
  var members: [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    if status != .open || changedAt != nil { members["kibana.alert.workflow_status"] = .string(status.rawValue) }
    if let reason { members["kibana.alert.workflow_reason"] = .string(reason) }
    if let changedAt { members["kibana.alert.workflow_status_updated_at"] = .string(changedAt.iso8601) }
    if !tags.isEmpty { members["kibana.alert.workflow_tags"] = .array(tags.map(JSONValue.string)) }
    if !assignees.isEmpty { members["kibana.alert.workflow_assignee_ids"] = .array(assignees.map(JSONValue.string)) }
    return members
  }
}
