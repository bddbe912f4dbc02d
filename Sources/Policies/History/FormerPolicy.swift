/// What is known of a policy as it was before an event.
public struct FormerPolicy: Hashable, Sendable {
  public enum State: String, Hashable, Sendable {
    /// Its text was seen.
    case known
    /// No event tells.
    case unknown
    /// There was no policy: what it belongs to has just come into being, or it had been deleted.
    case none
  }

  public let state: State
  /// The text of a known policy.
  public let text: PolicyText?
  /// The version of a managed policy that was in force, also where its text is unknown.
  public let version: String?
  /// The event that brought about the state, where one did.
  public let event: PolicyEvent?

  init(state: State, text: PolicyText? = nil, version: String? = nil, event: PolicyEvent? = nil) {
    self.state = state
    self.text = text
    self.version = version
    self.event = event
  }

  public static let unknown = FormerPolicy(state: .unknown)

  /// There was nothing, and no event needs to say so.
  public static let none = FormerPolicy(state: .none)

  /// A text that an event set, or unknown where the event does not tell it.
  public static func set(_ text: PolicyText?, version: String? = nil, by event: PolicyEvent) -> FormerPolicy {
    FormerPolicy(state: text == nil ? .unknown : .known, text: text, version: version, event: event)
  }

  /// Deleted by an event.
  public static func deleted(by event: PolicyEvent) -> FormerPolicy { FormerPolicy(state: .none, event: event) }
}
