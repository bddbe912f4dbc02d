/// The settings of one policy in the order of time, with what was in force after each.
struct PolicyTimeline: Sendable {
  private let events: [PolicyEvent]
  private let states: [FormerPolicy]
  /// For each state, the number of the policy's life: versions of one that was deleted say nothing of the next.
  private let lives: [Int]
  /// The places at which versions were made, by id, and their texts.
  private var versions: [String: [(place: Int, text: PolicyText?)]] = [:]

  init(_ entries: [PolicyLog.Entry]) {
    var seen: Set<String> = []
    let entries = entries.sorted { $0.event < $1.event }.filter { seen.insert($0.event.id).inserted }
    events = entries.map(\.event)
    var states: [FormerPolicy] = []
    var lives: [Int] = []
    var versions: [String: [(place: Int, text: PolicyText?)]] = [:]
    var state = FormerPolicy.unknown
    var life = 0
    for (place, entry) in entries.enumerated() {
      let event = entry.event
      switch entry.change {
      case .created(let text, let version):
        life += 1
        if let version { versions[version, default: []].append((place, text)) }
        state = .set(text, version: version, by: event)
      case .set(let text): state = .set(text, by: event)
      case .version(let text, let id, let isDefault):
        if let id { versions[id, default: []].append((place, text)) }
        if isDefault { state = .set(text, version: id, by: event) }
      case .defaultVersion(let id):
        let made = versions[id]?.last.flatMap { lives[$0.place] == life ? $0.text : nil }
        state = .set(made, version: id, by: event)
      case .versionDeleted: break
      case .deleted:
        life += 1
        state = .deleted(by: event)
      }
      states.append(state)
      lives.append(life)
    }
    self.states = states
    self.lives = lives
    self.versions = versions
  }

  /// The place of the last entry before an event; nil when there is none.
  private func last(before event: PolicyEvent) -> Int? {
    var low = 0
    var high = events.count
    while low < high {
      let middle = (low + high) / 2
      if events[middle] < event { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }

  func state(before event: PolicyEvent) -> FormerPolicy {
    last(before: event).map { states[$0] } ?? .unknown
  }

  func text(ofVersion id: String, before event: PolicyEvent) -> PolicyText? {
    guard let last = last(before: event), let made = versions[id]?.last(where: { $0.place <= last }) else { return nil }
    return lives[made.place] == lives[last] ? made.text : nil
  }
}
