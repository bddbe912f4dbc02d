import Events
import JSON
import Query

/// Proposes the narrowest exceptions that would silence the loudest benign-looking groups of alerts.
///
/// ```swift
/// var suggester = ExceptionSuggester()
/// for alert in alerts { suggester.add(alert) }
/// for suggestion in suggester.suggestions() { print(suggestion.removed, suggestion.item.name) }
/// ```
/// A group is the alerts of one rule on successful events of one tool and one identity. It looks benign when the tool
/// is one for infrastructure as code, or when the same is seen on at least three days from few addresses. Nothing is
/// proposed that would silence a failed event, root, an attack tool or high severity; nor what shares
/// an identity, key, session or address with an alert of an attack tool or of high severity, nor a group of which more than two thirds lie within one minute.
/// The building blocks of an alert on several events are not counted and nothing is proposed for their sake; what would silence one of them that may not
/// be silenced is not proposed either.
public struct ExceptionSuggester {
  private let options: SuggestionOptions
  private let catalog: FieldCatalog
  private var suspects = Suspects()
  private var alertsOfRule: [String: [AlertFacts]] = [:]
  /// Identities by the address that they come from, over all rules.
  private var identitiesOfAddress: [String: Set<String>] = [:]
  private var shared: [String: String] = [:]
  /// How many alerts were taken, without the building blocks of others.
  public private(set) var count = 0
  /// How many are held, building blocks too.
  public private(set) var held = 0

  public init(_ options: SuggestionOptions = SuggestionOptions(), catalog: FieldCatalog = .standard) {
    self.options = options
    self.catalog = catalog
  }

  /// Takes an alert as a hunt writes it; false when it names no rule or no time.
  @discardableResult
  public mutating func add(_ alert: JSONValue) -> Bool {
    guard var facts = AlertFacts(alert) else { return false }
    // The same texts come again and again: one copy of each.
    facts.values = facts.values.mapValues { $0.map { intern($0) } }
    facts.ruleName = intern(facts.ruleName)
    facts.ruleID = intern(facts.ruleID)
    facts.who = intern(facts.who)
    held += 1
    if !facts.isPartOfGroup { count += 1 }
    if let address = facts.single(SuggestionField.address), let user = facts.single(SuggestionField.user) {
      identitiesOfAddress[address, default: []].insert(user)
    }
    suspects.add(facts)
    alertsOfRule[facts.ruleID, default: []].append(facts)
    return true
  }

  private mutating func intern(_ text: String) -> String {
    if let known = shared[text] { return known }
    shared[text] = text
    return text
  }

  /// The proposals, those that would have removed the most alerts first.
  public func suggestions() -> [SuggestedException] {
    var found: [SuggestedException] = []
    for (id, alerts) in alertsOfRule where options.ruleIDs?.contains(id) ?? true {
      let groups = AlertGroup.groups(
        of: alerts.filter { !$0.isPartOfGroup }, suspects: suspects, catalog: catalog)
      // An exception asks for tool and identity: only alerts that have both can meet it.
      var alertsOfBoth: [[String]: [AlertFacts]] = [:]
      for alert in alerts {
        let identities = [SuggestionField.user, SuggestionField.issuer].flatMap { alert.values[$0] ?? [] }
        for agent in Set(alert.values[SuggestionField.agent] ?? []) {
          for identity in Set(identities) { alertsOfBoth[[agent, identity], default: []].append(alert) }
        }
      }
      found += groups.compactMap { suggestion($0, of: alertsOfBoth[[$0.agent, $0.identity]] ?? []) }
    }
    found.sort {
      ($1.removed, $0.ruleName, $0.item.name, $0.first) < ($0.removed, $1.ruleName, $1.item.name, $1.first)
    }
    var names: [String: Int] = [:]
    return found.prefix(max(0, options.limit)).map { $0.numbered(&names) }
  }

  private func suggestion(_ group: AlertGroup, of alerts: [AlertFacts]) -> SuggestedException? {
    var narrow = group.narrowed(catalog)
    guard isBenign(narrow) else { return nil }
    var matching = alerts.filter { narrow.covers($0, catalog) }
    // What failed is never silenced, though the same tool and identity did it.
    if matching.contains(where: { $0.outcome != "success" }) {
      narrow.entries.append(ExceptionEntry(field: SuggestionField.outcome, .match("success")))
      matching = alerts.filter { narrow.covers($0, catalog) }
    }
    // An exception takes events from a rule: with one of several the alert on all of them goes.
    guard matching.allSatisfy({ AlertGroup.mayBeSilenced($0, suspects) }) else { return nil }
    matching.removeAll(where: \.isPartOfGroup)
    guard matching.count >= options.leastAlerts, let first = matching.map(\.time).min(),
      let last = matching.map(\.time).max(), let example = matching.first, !Self.isBurst(matching)
    else { return nil }
    let signals = signals(narrow)
    var item = ExceptionItem(
      itemID: "", name: "\(AgentSignals.title(group.agent)) by \(example.who): \(example.ruleName)",
      scope: .rules([example.ruleID]), entries: narrow.entries)
    let days = Set(matching.map(\.day)).count
    item.description =
      "\(matching.count) alerts on \(days) day\(days == 1 ? "" : "s"), \(first.iso8601) to \(last.iso8601): "
      + signals.joined(separator: "; ") + "."
    item.itemID = item.name
    return SuggestedException(
      item: item, ruleID: example.ruleID, ruleName: example.ruleName, removed: matching.count,
      alerts: alerts.count { !$0.isPartOfGroup },
      first: first, last: last, days: days, tool: AgentSignals.title(group.agent), who: example.who,
      addresses: narrow.addresses, signals: signals)
  }

  // MARK: Benign or not

  /// So many days with alerts make them routine.
  static let routineDays = 3
  /// What lies within so many milliseconds happened once, however many alerts it gave.
  static let burst: Int64 = 60_000

  /// True when more than two thirds of some alerts lie within one minute, whichever: a few others on other days do not
  /// make a routine of it.
  private static func isBurst(_ alerts: [AlertFacts]) -> Bool {
    let times = alerts.map(\.time.milliseconds).sorted()
    var first = 0
    for (last, time) in times.enumerated() {
      while time - times[first] > burst { first += 1 }
      if 3 * (last - first + 1) > 2 * times.count { return true }
    }
    return false
  }

  /// So many identities make an address one of the organization's.
  static let usualIdentities = 3

  private func isBenign(_ group: AlertGroup) -> Bool {
    guard group.alerts.count >= options.leastAlerts else { return false }
    if AgentSignals.infrastructureTool(group.agent) != nil { return true }
    return group.days >= Self.routineDays && !group.addresses.isEmpty
  }

  private func signals(_ group: AlertGroup) -> [String] {
    var signals: [String] = []
    if let tool = AgentSignals.infrastructureTool(group.agent) { signals.append("infrastructure as code (\(tool))") }
    if group.days >= Self.routineDays { signals.append("the same tool and identity on \(group.days) days") }
    let addresses = group.addresses
    if addresses.isEmpty { return signals }
    if addresses.contains(where: { $0.contains("/") }) {
      signals.append("from \(addresses.count == 1 ? "one network" : "\(addresses.count) networks")")
    } else if addresses.allSatisfy({ $0.hasSuffix(".amazonaws.com") }) {
      signals.append("through an AWS service")
    } else if addresses.allSatisfy({ identitiesOfAddress[$0, default: []].count >= Self.usualIdentities }) {
      signals.append("from an address that other identities use too")
    } else {
      signals.append(addresses.count == 1 ? "from one address" : "from \(addresses.count) usual addresses")
    }
    return signals
  }
}

extension AlertFacts {
  /// Days since the epoch, in UTC.
  var day: Int64 { time.milliseconds.flooredQuotient(by: 86_400_000) }
}

extension Int64 {
  fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

extension SuggestedException {
  /// The proposal under a name that no other has.
  fileprivate func numbered(_ names: inout [String: Int]) -> SuggestedException {
    names[item.name, default: 0] += 1
    guard let turn = names[item.name], turn > 1 else { return self }
    var item = item
    item.name += " (\(turn))"
    item.itemID = item.name
    return SuggestedException(
      item: item, ruleID: ruleID, ruleName: ruleName, removed: removed, alerts: alerts, first: first, last: last,
      days: days, tool: tool, who: who, addresses: addresses, signals: signals)
  }
}
