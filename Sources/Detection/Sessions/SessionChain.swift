import Events
import JSON

/// Who opened the session of a call, who had opened theirs, and so on: `martlet.session`.
struct SessionChain: Sendable {
  struct Identity: Sendable {
    var type: String?
    var arn: String?
    var name: String?
    var accessKey: String?
  }

  /// A call that opened a session.
  struct Link: Sendable {
    var eventID: String
    var time: Timestamp
    var action: String
    var session: String?
    var issuedKey: String?
    /// True when the key that it gave out is the one that was used; false when only the session's name and time agree.
    var isByKey: Bool
    var opener: Identity
  }

  /// Why it goes no further.
  enum End: Equatable, Sendable {
    /// Whoever opened the last one was in no session.
    case identity
    /// The call that opened the last session is not in the input.
    case notInInput
    /// So many different ones may have opened it.
    case ambiguous(Int)
    /// It is longer than is followed.
    case cut

    var name: String {
      switch self {
      case .identity: "identity"
      case .notInInput: "opening_not_in_input"
      case .ambiguous: "ambiguous"
      case .cut: "cut"
      }
    }
  }

  var use: SessionUse
  /// The nearest to the call first.
  var links: [Link] = []
  var end = End.notInInput

  /// Who is behind the call, as far as is known for sure.
  var origin: Identity? { end == .identity ? links.last?.opener : nil }

  var json: JSONValue {
    var members: [String: JSONValue] = ["end": .string(end.name), "chain": .array(links.map(\.json))]
    if let arn = use.arn { members["arn"] = .string(arn) }
    if let key = use.accessKey { members["access_key_id"] = .string(key) }
    if case .ambiguous(let count) = end { members["possible_openers"] = .integer(Int64(count)) }
    if let origin { members["opened_by"] = origin.json }
    return .object(members)
  }
}

extension SessionChain.Identity {
  var json: JSONValue {
    var members: [String: JSONValue] = [:]
    if let type { members["type"] = .string(type) }
    if let arn { members["arn"] = .string(arn) }
    if let name { members["name"] = .string(name) }
    if let accessKey { members["access_key_id"] = .string(accessKey) }
    return .object(members)
  }
}

extension SessionChain.Link {
  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [
      "event_id": .string(eventID), "time": .string(time.iso8601), "action": .string(action),
      "joined_by": .string(isByKey ? "access_key" : "session"), "by": opener.json,
    ]
    if let session { members["session"] = .string(session) }
    if let issuedKey { members["access_key_id"] = .string(issuedKey) }
    return .object(members)
  }
}
