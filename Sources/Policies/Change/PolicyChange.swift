/// What an event did to a policy, in a form that a person can judge.
///
/// Made by `PolicyHistory.changes`, or by hand from a setting and what was there before.
public struct PolicyChange: Hashable, Sendable {
  public let setting: PolicySetting
  public let former: FormerPolicy
  /// The policy after the event; nil when it is gone or the event does not tell it.
  public let document: PolicyText?
  /// What was added and removed; both empty when one of the two policies is not known or cannot be read.
  public let added: [PolicyElement]
  public let removed: [PolicyElement]
  /// The gravest first; what was so before stands behind what is new.
  public let flags: [PolicyFlag]
  /// One sentence on who can now do what, or that nobody can; nil when the policy is not known or cannot be read.
  public let who: String?
  /// A command for a POSIX shell that would bring the former policy back; nil when that is not known.
  public let restore: String?

  public var target: PolicyTarget { setting.target }

  /// Compares a setting with what was there before.
  ///
  /// `versionText` is the text of the version that the setting names, for calls that put a version of a managed policy in
  /// force or delete one.
  public init(_ setting: PolicySetting, former: FormerPolicy, versionText: PolicyText? = nil) {
    let comparison = PolicyComparison(setting, former: former, versionText: versionText)
    self.setting = setting
    if case .versionDeleted = setting.change {
      self.former = FormerPolicy(state: versionText == nil ? .unknown : .known, text: versionText)
    } else {
      self.former = former
    }
    document = comparison.text
    added = comparison.difference?.added ?? []
    removed = comparison.difference?.removed ?? []
    flags = comparison.flags
    who = comparison.who
    restore =
      comparison.isUnchanged ? nil : RestoreCommand.text(setting, former: former, versionText: versionText)
  }
}
