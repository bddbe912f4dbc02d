/// A tactic: what an attacker is after.
public struct ThreatTactic: Hashable, Sendable {
  /// The id, as `TA0004`.
  public var id: String
  public var name: String
  /// The page that describes it; empty when the rule names none.
  public var reference: String

  public init(id: String, name: String, reference: String = "") {
    self.id = id
    self.name = name
    self.reference = reference
  }
}
