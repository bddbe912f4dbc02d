/// A technique or sub-technique of MITRE ATT&CK: how an attacker gets there.
public struct AttackTechnique: Hashable, Sendable {
  /// Whether ATT&CK still uses the technique.
  public enum Status: Hashable, Sendable {
    case current
    /// Taken out; `replacedBy` is the identifier of the technique to name instead, where ATT&CK gives one.
    case revoked(replacedBy: String?)
    /// Taken out, with nothing in its place.
    case deprecated
  }

  /// The identifier, as `T1078` or, for a sub-technique, `T1078.004`.
  public let id: String
  public let name: String
  /// The identifiers of the tactics that the technique serves, in the order of ATT&CK's matrix.
  public let tacticIDs: [String]
  public let status: Status

  public var isSubtechnique: Bool { parentID != nil }

  /// The identifier of the technique that a sub-technique belongs to.
  public var parentID: String? {
    id.firstIndex(of: ".").map { String(id[..<$0]) }
  }

  /// The technique's page.
  public var reference: String {
    "https://attack.mitre.org/techniques/\(id.split(separator: ".").joined(separator: "/"))/"
  }
}
