import Events
import Query

/// Alerts of one rule on events of one tool and one identity.
struct AlertGroup {
  let agent: String
  /// The value of `user.id`, or of the role's ARN.
  let identity: String
  var alerts: [AlertFacts]
  /// The conditions that hold for the alerts of the group.
  var entries: [ExceptionEntry]
  /// The few addresses or networks that the alerts come from; empty when there are many.
  var addresses: [String] = []

  /// More different values of a field are not named one by one.
  static let mostValues = 5

  var days: Int { Set(alerts.map(\.day)).count }

  /// True for alerts that a suggestion may silence at all.
  static func mayBeSilenced(_ alert: AlertFacts, _ suspects: Suspects) -> Bool {
    alert.outcome == "success" && !alert.isRoot && !suspects.include(alert)
  }

  /// The groups of a rule's alerts, in the order of their first alerts.
  ///
  /// The identity is `user.id`; where the sessions of a role change their names all the time, it is the role.
  static func groups(of alerts: [AlertFacts], suspects: Suspects, catalog: FieldCatalog) -> [AlertGroup] {
    struct Key: Hashable {
      var agent: String
      var field: String
      var identity: String
      /// What tells a session from one of the same name under another role, where the identity does not.
      var role: ExceptionEntry?
    }
    func key(_ alert: AlertFacts, _ field: String) -> Key? {
      guard let agent = alert.single(SuggestionField.agent), let identity = alert.single(field),
        isSearchable(agent, SuggestionField.agent, catalog), isSearchable(identity, field, catalog)
      else { return nil }
      return Key(
        agent: agent, field: field, identity: identity, role: field == SuggestionField.user ? role(alert) : nil)
    }
    let candidates = alerts.filter { mayBeSilenced($0, suspects) }
    var usersOfRole: [Key: Set<String>] = [:]
    for alert in candidates {
      guard let role = key(alert, SuggestionField.issuer), let user = alert.single(SuggestionField.user) else {
        continue
      }
      usersOfRole[role, default: []].insert(user)
    }
    var order: [Key] = []
    var groups: [Key: [AlertFacts]] = [:]
    for alert in candidates {
      var chosen = key(alert, SuggestionField.user)
      if let role = key(alert, SuggestionField.issuer), usersOfRole[role, default: []].count > mostValues {
        chosen = role
      }
      guard let chosen else { continue }
      if groups[chosen] == nil { order.append(chosen) }
      groups[chosen, default: []].append(alert)
    }
    return order.map { key in
      AlertGroup(
        agent: key.agent, identity: key.identity, alerts: groups[key] ?? [],
        entries: [
          ExceptionEntry(field: SuggestionField.agent, .match(key.agent)),
          ExceptionEntry(field: key.field, .match(key.identity)),
        ] + [key.role].compactMap(\.self))
    }
  }

  /// The role of a session whose `user.id` is no more than its name; CloudTrail's begins with the id of the role.
  private static func role(_ alert: AlertFacts) -> ExceptionEntry? {
    guard let user = alert.single(SuggestionField.user), !user.contains(":") else { return nil }
    if let role = alert.single(SuggestionField.issuer) {
      return ExceptionEntry(field: SuggestionField.issuer, .match(role))
    }
    guard let arn = alert.single(SuggestionField.arn), arn.contains(":assumed-role/") else { return nil }
    return ExceptionEntry(field: SuggestionField.arn, .match(arn))
  }

  private static func isSearchable(_ value: String, _ field: String, _ catalog: FieldCatalog) -> Bool {
    !value.isEmpty && ValueTest.phrase(value).canHold(for: catalog.resolve(field).type, now: Timestamp(milliseconds: 0))
  }

  /// The group with every further condition that keeps it narrow: its usual addresses, actions and targets, where they
  /// are few. Alerts from unusual addresses are left out of it, so that they go on alerting.
  func narrowed(_ catalog: FieldCatalog) -> AlertGroup {
    var group = self
    group.keepToUsualAddresses()
    var fields = [SuggestionField.action]
    let terms = group.alerts.first?.termFields.filter { !Self.namesIdentity($0) } ?? []
    if terms.isEmpty {
      // One field says what it was done to: the first that all alerts have, with few values.
      let target = SuggestionField.targets.first { Self.fewValues(of: $0, group.alerts, catalog) != nil }
      fields += [target].compactMap(\.self)
    }
    fields += terms
    for field in fields where !group.entries.contains(where: { $0.field == field }) {
      guard let values = Self.fewValues(of: field, group.alerts, catalog) else { continue }
      group.entries.append(Self.entry(field, values))
    }
    return group
  }

  /// Fields that say again who it was.
  private static func namesIdentity(_ field: String) -> Bool {
    field.hasPrefix("aws.cloudtrail.user_identity.") || field == "user.name" || field == "user.id"
  }

  static func entry(_ field: String, _ values: [String]) -> ExceptionEntry {
    ExceptionEntry(field: field, values.count == 1 ? .match(values[0]) : .matchAny(values))
  }

  /// The values of a field when every alert has exactly one and there are few; nil otherwise.
  private static func fewValues(
    of field: String, _ alerts: [AlertFacts], _ catalog: FieldCatalog
  ) -> [String]? {
    var values: Set<String> = []
    for alert in alerts {
      guard let value = alert.single(field), isSearchable(value, field, catalog) else { return nil }
      values.insert(value)
      guard values.count <= mostValues else { return nil }
    }
    return values.isEmpty ? nil : values.sorted()
  }

  /// True when all conditions hold for an alert, as they would for its event.
  func covers(_ alert: AlertFacts, _ catalog: FieldCatalog) -> Bool {
    entries.allSatisfy { entry in
      let wanted: [String]
      switch entry.test {
      case .match(let value): wanted = [value]
      case .matchAny(let values): wanted = values
      case .exists, .wildcard, .list, .nested: return false
      }
      let type = catalog.resolve(entry.field).type
      return (alert.values[entry.field] ?? []).contains { value in
        wanted.contains { ValueTest.phrase($0).holds(for: value, type: type, now: Timestamp(milliseconds: 0)) }
      }
    }
  }
}
