import Rules

/// Alerts by principal, for the table of who set them off.
struct PrincipalCounts {
  struct Entry {
    let name: String
    var alerts = 0
    var highest = Severity.low
    var first: String?
    var last: String?
    var rules: Set<String> = []
    /// The anchor of the first alert.
    let anchor: String
  }

  /// Principals that are told apart; the others are counted together.
  private static let most = 20_000
  private var entries: [String: Entry] = [:]
  private(set) var others = 0

  var count: Int { entries.count }

  mutating func add(_ alert: AlertDocument, rule: String, anchor: String) {
    let name = ShownText.line(ShownText.cut(alert.principal ?? "no principal", to: 300))
    guard entries.count < Self.most || entries[name] != nil else { return others += 1 }
    var entry = entries[name] ?? Entry(name: name, anchor: anchor)
    entry.alerts += 1
    entry.highest = max(entry.highest, alert.severity)
    entry.rules.insert(rule)
    if let time = alert.time.map(AlertArticle.time) {
      entry.first = min(entry.first ?? time, time)
      entry.last = max(entry.last ?? time, time)
    }
    entries[name] = entry
  }

  /// The gravest first, then the most frequent.
  var ordered: [Entry] {
    entries.values.sorted { ($1.highest, $1.alerts, $0.name) < ($0.highest, $0.alerts, $1.name) }
  }
}
