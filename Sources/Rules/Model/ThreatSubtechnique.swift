/// A special form of a technique.
public struct ThreatSubtechnique: Hashable, Sendable {
  /// The id, as `T1078.004`: the technique's, a point and three digits.
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
