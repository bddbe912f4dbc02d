/// A tactic of MITRE ATT&CK: what an attacker is after.
public struct AttackTactic: Hashable, Sendable {
  /// The identifier, as `TA0004`.
  public let id: String
  /// The name, as `Privilege Escalation`.
  public let name: String
  /// The name in lower case with hyphens, as `privilege-escalation`.
  public let shortName: String

  /// The tactic's page.
  public var reference: String { "https://attack.mitre.org/tactics/\(id)/" }
}
