import JSON

extension PolicyChange {
  /// The change as an entry of `martlet.policies` in an alert; members that would be empty are left out.
  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "kind": .string(target.kind.rawValue), "target": targetJSON, "change": .string(changeName),
      "former": .string(former.state.rawValue),
    ]
    if let event = former.event {
      members["former_event"] = ["id": .string(event.id), "time": .string(event.time)]
    }
    if !added.isEmpty { members["added"] = .array(added.map(Self.json)) }
    if !removed.isEmpty { members["removed"] = .array(removed.map(Self.json)) }
    if !flags.isEmpty { members["flags"] = .array(flags.map(Self.json)) }
    members["who"] = who.map(JSONValue.string)
    members["restore"] = restore.map(JSONValue.string)
    members["document"] = document.map { .string($0.text) }
    members["former_document"] = former.text.map { .string($0.text) }
    members["version"] = version.map(JSONValue.string)
    members["former_version"] = former.version.map(JSONValue.string)
    return .object(members)
  }

  private var targetJSON: JSONValue {
    var members: [String: JSONValue] = ["type": .string(target.type), "name": .string(target.name)]
    members["account"] = target.account.map(JSONValue.string)
    members["region"] = target.region.map(JSONValue.string)
    members["policy"] = target.policyName.map(JSONValue.string)
    if let handle = target.handle, ARN(handle) != nil { members["arn"] = .string(handle) }
    return .object(members)
  }

  private var changeName: String {
    switch setting.change {
    case .created: "created"
    case .set: "set"
    case .version(_, _, let isDefault): isDefault ? "set" : "version_saved"
    case .defaultVersion: "default_version"
    case .versionDeleted: "version_deleted"
    case .deleted: "deleted"
    }
  }

  private var version: String? {
    switch setting.change {
    case .created(_, let version): version
    case .version(_, let id, _): id
    case .defaultVersion(let id), .versionDeleted(let id): id
    case .set, .deleted: nil
    }
  }

  private static func json(_ element: PolicyElement) -> JSONValue {
    ["what": .string(element.what.rawValue), "text": .string(element.text)]
  }

  private static func json(_ flag: PolicyFlag) -> JSONValue {
    var members: [String: JSONValue] = ["id": .string(flag.id.rawValue), "text": .string(flag.text)]
    if flag.wasBefore { members["before"] = true }
    return .object(members)
  }
}
