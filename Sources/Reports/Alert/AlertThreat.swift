import JSON

/// A tactic that an alert's rule names, with its techniques.
public struct AlertThreat: Hashable, Sendable {
  public struct Technique: Hashable, Sendable {
    /// The identifier, as `T1078` or `T1078.004`.
    public let id: String
    public let name: String
  }

  public let tacticID: String
  public let tactic: String
  /// Techniques and, each behind its own, sub-techniques.
  public let techniques: [Technique]

  init?(_ value: JSONValue) {
    guard let tactic = value["tactic"], let id = tactic.text("id") else { return nil }
    tacticID = id
    self.tactic = tactic.text("name") ?? id
    var techniques: [Technique] = []
    for technique in (value["technique"]?.elements ?? []).prefix(100) {
      guard let id = technique.text("id") else { continue }
      techniques.append(Technique(id: id, name: technique.text("name") ?? id))
      for part in (technique["subtechnique"]?.elements ?? []).prefix(100) {
        guard let id = part.text("id") else { continue }
        techniques.append(Technique(id: id, name: part.text("name") ?? id))
      }
    }
    self.techniques = techniques
  }
}
