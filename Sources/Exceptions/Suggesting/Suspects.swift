import Events

/// Who and what stands behind alerts that are grave by themselves: identities, keys, sessions and addresses.
///
/// What shares one of them with such an alert is not called benign, whatever rule it is an alert of: an intruder does quiet
/// things too.
struct Suspects {
  private static let identities = [
    SuggestionField.user, SuggestionField.arn, SuggestionField.issuer, SuggestionField.opener,
  ]
  private static let keys = [SuggestionField.key, SuggestionField.openingKey]

  private let includesHigh: Bool
  private var marks: Set<String> = []

  /// - Parameter includesHigh: High severity alone is no reason for suspicion.
  init(includesHigh: Bool) { self.includesHigh = includesHigh }

  /// Takes note of an alert when it is grave.
  mutating func add(_ alert: AlertFacts) {
    if isGrave(alert) { marks.formUnion(Self.marks(of: alert)) }
  }

  /// True for a grave alert, and for one that shares something with a grave one.
  func include(_ alert: AlertFacts) -> Bool {
    isGrave(alert) || Self.marks(of: alert).contains(where: marks.contains)
  }

  private func isGrave(_ alert: AlertFacts) -> Bool {
    if (alert.values[SuggestionField.agent] ?? []).contains(where: AgentSignals.isAttackTool) { return true }
    return !includesHigh && alert.severity != "low" && alert.severity != "medium"
  }

  /// Kinds are kept apart. A service's name in the place of an address is shared by everybody and says nothing.
  private static func marks(of alert: AlertFacts) -> [String] {
    func values(_ fields: [String]) -> [String] { fields.flatMap { alert.values[$0] ?? [] }.filter { !$0.isEmpty } }
    let addresses = values([SuggestionField.address, SuggestionField.ip]).filter { IPAddress($0) != nil }
    return values(identities).map { "i" + $0 } + values(keys).map { "k" + $0 } + addresses.map { "a" + $0 }
  }
}
