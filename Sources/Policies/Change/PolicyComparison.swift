/// The steps from a setting and the former policy to what is said of them.
struct PolicyComparison {
  private let setting: PolicySetting
  /// The policy after the call.
  let text: PolicyText?
  private let present: Result<PolicyDocument, PolicyFault>?
  private let before: Result<PolicyDocument, PolicyFault>?
  /// Nil when there is nothing to compare.
  let difference: PolicyDifference?

  init(_ setting: PolicySetting, former: FormerPolicy, versionText: PolicyText?) {
    self.setting = setting
    var isGone = false
    switch setting.change {
    case .created(let policy, _), .set(let policy), .version(let policy, _, _): text = policy
    case .defaultVersion: text = versionText
    case .versionDeleted: text = nil
    case .deleted:
      text = nil
      isGone = true
    }
    present = text.map(Self.read)
    before = former.text.map(Self.read)
    let after = try? present?.get()
    let beforeDocument = try? before?.get()
    let knowsBefore = former.state == .none || beforeDocument != nil
    difference =
      knowsBefore && (isGone || after != nil) ? PolicyDifference(from: beforeDocument, to: after) : nil
  }

  private static func read(_ text: PolicyText) -> Result<PolicyDocument, PolicyFault> {
    Result { () throws(PolicyFault) in try PolicyDocument(text) }
  }

  /// True when both policies are known and say the same.
  var isUnchanged: Bool {
    guard let difference, before != nil, present != nil else { return false }
    return difference.added.isEmpty && difference.removed.isEmpty
  }

  // MARK: Flags

  var flags: [PolicyFlag] {
    var flags: [PolicyFlag] = []
    func add(_ id: PolicyFlag.ID, _ text: String) { flags.append(PolicyFlag(id: id, text: text)) }
    if let failure = setting.failure {
      add(.failedCall, "the call failed (\(ListText.cut(failure))) and changed nothing")
    }
    if case .failure(let fault) = present { add(.unreadable, "the policy cannot be read: \(fault.text)") }
    if let untold { add(.untold, untold) }
    if case .failure(let fault) = before {
      add(.formerUnreadable, "the former policy cannot be read, so nothing is compared: \(fault.text)")
    }
    if case .version(_, let id, isDefault: false) = setting.change {
      add(.notInForce, "\(id.map { "version \(ListText.cut($0))" } ?? "the version") was saved, but is not in force")
    }
    if isUnchanged { add(.unchanged, "the policy says what it said before") }
    if let document = try? present?.get() { flags += found(document) }
    for grant in difference?.weakened ?? [] {
      add(.lostDeny, "a denial no longer holds as before: \(GrantText.text(grant))")
    }
    return PolicyFlag.ordered(flags)
  }

  /// What an event should tell and does not.
  private var untold: String? {
    guard text == nil else { return nil }
    switch setting.change {
    case .created, .set, .version: return "the event does not tell the policy"
    case .defaultVersion(let id): return "no event tells what version \(ListText.cut(id)) says"
    case .versionDeleted, .deleted: return nil
    }
  }

  private func found(_ document: PolicyDocument) -> [PolicyFlag] {
    let grants = document.grants
    let flags = FlagFinder(grants, of: setting.target).flags
    guard let former = try? before?.get() else { return flags }
    let formerGrants = former.grants
    let old = Set(FlagFinder(formerGrants, of: setting.target).flags)
    return flags.map { flag in
      old.contains(flag) ? PolicyFlag(id: flag.id, text: flag.text + ", as before", wasBefore: true) : flag
    } + LostTies.flags(from: formerGrants, to: grants)
  }

  // MARK: Who

  var who: String? {
    guard let clause else { return nil }
    return ListText.sentence(setting.failure == nil ? clause : "had the call succeeded: \(clause)") + "."
  }

  private var clause: String? {
    let sentence = WhoSentence(setting.target)
    let name = TargetText(setting.target).policy
    switch setting.change {
    case .deleted(let isWithOwner): return sentence.gone(isWithOwner: isWithOwner)
    case .versionDeleted(let id):
      return "nothing in force has changed: version \(ListText.cut(id)) of \(name) was deleted, and another is in force"
    case .version(_, let id, isDefault: false):
      let version = id.map { "version \(ListText.cut($0))" } ?? "a version"
      return "nothing in force has changed: \(version) of \(name) was saved, and another is in force"
    case .created, .set, .version, .defaultVersion:
      return (try? present?.get()).map { sentence.clause($0.grants) }
    }
  }
}
