/// A technique: how an attacker goes about it.
public struct ThreatTechnique: Hashable, Sendable {
  /// The id, as `T1078`.
  public var id: String
  public var name: String
  /// The page that describes it; empty when the rule names none.
  public var reference: String
  public var subtechniques: [ThreatSubtechnique]

  public init(id: String, name: String, reference: String = "", subtechniques: [ThreatSubtechnique] = []) {
    self.id = id
    self.name = name
    self.reference = reference
    self.subtechniques = subtechniques
  }
}
