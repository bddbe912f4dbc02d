/// The settings of policies that were met in the events, in any order.
///
/// Each worker keeps one of its own; `PolicyHistory` puts them together. Calls that failed are left out, and a text that
/// occurs often is held once.
public struct PolicyLog: Sendable {
  struct Entry: Sendable {
    let event: PolicyEvent
    let change: PolicySetting.Change
  }

  private(set) var entries: [PolicyTarget: [Entry]] = [:]
  private var texts: [PolicyText: PolicyText] = [:]
  /// How many settings it holds.
  public private(set) var count = 0

  public init() {}

  /// Adds what one event did.
  public mutating func add(_ settings: [PolicySetting], at event: PolicyEvent) {
    for setting in settings where setting.failure == nil {
      entries[setting.target, default: []].append(Entry(event: event, change: shared(setting.change)))
      count += 1
    }
  }

  private mutating func shared(_ change: PolicySetting.Change) -> PolicySetting.Change {
    switch change {
    case .created(let text, let version): .created(shared(text), version: version)
    case .set(let text): .set(shared(text))
    case .version(let text, let id, let isDefault): .version(shared(text), id: id, isDefault: isDefault)
    case .defaultVersion, .versionDeleted, .deleted: change
    }
  }

  private mutating func shared(_ text: PolicyText?) -> PolicyText? {
    guard let text else { return nil }
    if let known = texts[text] { return known }
    texts[text] = text
    return text
  }
}
