import Events

/// Who and what stands behind alerts that are grave by themselves: identities, keys, sessions and addresses.
///
/// What shares one of them with such an alert is not called benign, whatever rule it is an alert of: an intruder does quiet
/// things too. Shared is what either acted as, came through, acted on or was given.
struct Suspects {
  /// Something by which two alerts may be of one hand; kinds are kept apart.
  private enum Mark: Hashable {
    /// An ARN or an id of a user, role or session.
    case identity(String)
    /// A name, which means somebody within an account only.
    case name(String, account: String)
    case key(String)
    case address(IPAddress)
  }

  private static let identities = [
    SuggestionField.user, SuggestionField.arn, SuggestionField.issuer, SuggestionField.opener, "user.target.id",
    "martlet.session.arn", "martlet.session.chain.by.arn", "martlet.session.chain.session",
    "aws.cloudtrail.flattened.response_elements.assumedRoleUser.arn",
    "aws.cloudtrail.flattened.response_elements.federatedUser.arn",
  ]
  /// Targets of every kind, of which those that are somebody count.
  private static let targets = SuggestionField.targets + ["related.entity"]
  private static let names = ["user.name", "user.target.name"]
  private static let keys = [
    SuggestionField.key, SuggestionField.openingKey, "martlet.session.access_key_id",
    "martlet.session.chain.access_key_id", "martlet.session.chain.by.access_key_id",
    "aws.cloudtrail.flattened.response_elements.accessKey.accessKeyId",
    "aws.cloudtrail.flattened.response_elements.credentials.accessKeyId",
  ]
  private static let addresses = [SuggestionField.address, SuggestionField.ip, "related.ip"]
  private static let account = "cloud.account.id"

  /// The fields of an alert that are looked at.
  static let fields = identities + targets + names + keys + addresses + [account]

  private var marks: Set<Mark> = []

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
    return alert.severity != "low" && alert.severity != "medium"
  }

  private static func marks(of alert: AlertFacts) -> [Mark] {
    func values(_ fields: [String]) -> [String] { fields.flatMap { alert.values[$0] ?? [] }.filter { !$0.isEmpty } }
    var marks = values(identities).map(Mark.identity) + values(keys).map(Mark.key)
    marks += values(targets).filter(isIdentity).map(Mark.identity)
    // A service's name in the place of an address is shared by everybody and says nothing.
    marks += values(addresses).compactMap { IPAddress($0) }.map(Mark.address)
    if let account = alert.single(account) { marks += values(names).map { .name($0, account: account) } }
    return marks
  }

  /// True for the ARN of somebody who may act.
  private static func isIdentity(_ target: String) -> Bool {
    let parts = target.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "iam" || parts[2] == "sts" else { return false }
    return ["user/", "role/", "assumed-role/", "federated-user/", "root"].contains { parts[5].hasPrefix($0) }
  }
}
