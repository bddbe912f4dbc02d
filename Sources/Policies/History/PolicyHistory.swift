/// What every policy was at any time, as far as the events tell.
///
/// ```swift
/// var log = PolicyLog()
/// log.add(settings, at: event)                      // for every event that sets a policy
/// let history = PolicyHistory([log])
/// let changes = history.changes(settings, at: event)  // for the event of an alert
/// ```
public struct PolicyHistory: Sendable {
  private let timelines: [PolicyTarget: PolicyTimeline]

  /// Puts logs together; an event that is in several of them counts once.
  public init(_ logs: [PolicyLog]) {
    var entries: [PolicyTarget: [PolicyLog.Entry]] = [:]
    for log in logs { entries.merge(log.entries) { $0 + $1 } }
    timelines = entries.mapValues(PolicyTimeline.init)
  }

  /// What a policy was before an event, which itself need not be known here.
  public func former(_ target: PolicyTarget, before event: PolicyEvent) -> FormerPolicy {
    timelines[target]?.state(before: event) ?? .unknown
  }

  /// The text of a version of a managed policy as it was before an event; nil when no event tells.
  public func text(ofVersion id: String, of target: PolicyTarget, before event: PolicyEvent) -> PolicyText? {
    timelines[target]?.text(ofVersion: id, before: event)
  }

  /// Says what an event changed, a change for each policy that it set.
  public func changes(_ settings: [PolicySetting], at event: PolicyEvent) -> [PolicyChange] {
    settings.map { setting in
      var former = former(setting.target, before: event)
      var versionText: PolicyText?
      switch setting.change {
      case .created where setting.failure == nil: former = .none
      case .defaultVersion(let id), .versionDeleted(let id):
        versionText = text(ofVersion: id, of: setting.target, before: event)
      default: break
      }
      return PolicyChange(setting, former: former, versionText: versionText)
    }
  }
}
