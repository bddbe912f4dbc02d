/// What a validator knows of MITRE ATT&CK.
public protocol AttackKnowledge: Sendable {
  /// The name of the tactic with that id, as `TA0004`; nil when there is none.
  func tacticName(_ id: String) -> String?
  /// The name of the technique (`T1078`) or subtechnique (`T1078.004`) with that id; nil when there is none.
  ///
  /// A subtechnique's name stands alone: `Cloud Accounts`.
  func techniqueName(_ id: String) -> String?
  /// The ids of the tactics that a technique serves; nil when the catalog does not tell.
  func tactics(ofTechnique id: String) -> [String]?
}

extension AttackKnowledge {
  public func tactics(ofTechnique id: String) -> [String]? { nil }
}
