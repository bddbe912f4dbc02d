/// A tactic of a threat framework and the techniques under it that a rule detects.
public struct Threat: Hashable, Sendable {
  /// The framework's name, as `MITRE ATT&CK`.
  public var framework: String
  public var tactic: ThreatTactic
  public var techniques: [ThreatTechnique]

  public init(framework: String = "MITRE ATT&CK", tactic: ThreatTactic, techniques: [ThreatTechnique] = []) {
    self.framework = framework
    self.tactic = tactic
    self.techniques = techniques
  }
}
