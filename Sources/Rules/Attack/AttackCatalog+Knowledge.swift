extension AttackCatalog: AttackKnowledge {
  public func tacticName(_ id: String) -> String? { tactic(id)?.name }

  public func techniqueName(_ id: String) -> String? { technique(id)?.name }

  public func tactics(ofTechnique id: String) -> [String]? { technique(id)?.tacticIDs }
}
