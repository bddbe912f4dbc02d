import Events

extension AlertGroup {
  /// So few networks still say where somebody works.
  static let mostNetworks = 2

  /// Adds the condition that events come from where most of them come from, and leaves out the alerts from elsewhere:
  /// a few addresses, else one or two networks. Without either there is no condition.
  mutating func keepToUsualAddresses() {
    let addresses = usual { $0.single(SuggestionField.address) }
    if !addresses.isEmpty, addresses.count <= Self.mostValues {
      return keep(to: addresses, SuggestionField.address) { $0.single(SuggestionField.address) }
    }
    let networks = usual { $0.single(SuggestionField.ip).flatMap(Self.network) }
    if !networks.isEmpty, networks.count <= Self.mostNetworks {
      keep(to: networks, SuggestionField.ip) { $0.single(SuggestionField.ip).flatMap(Self.network) }
    }
  }

  private mutating func keep(to values: [String], _ field: String, _ value: (AlertFacts) -> String?) {
    addresses = values
    alerts = alerts.filter { value($0).map(values.contains) ?? false }
    entries.append(Self.entry(field, values))
  }

  /// The values that are seen on two days or more, or in a fifth of the alerts.
  private func usual(_ value: (AlertFacts) -> String?) -> [String] {
    var days: [String: Set<Int64>] = [:]
    var counts: [String: Int] = [:]
    for alert in alerts {
      guard let value = value(alert), !value.isEmpty, value.utf8.count <= 1024 else { continue }
      days[value, default: []].insert(alert.day)
      counts[value, default: 0] += 1
    }
    return counts.filter { days[$0.key, default: []].count >= 2 || $0.value * 5 >= alerts.count }.map(\.key).sorted()
  }

  /// The network of 256 neighbours that an IPv4 address lies in; nil for anything else.
  private static func network(_ address: String) -> String? {
    guard IPAddress(address) != nil, !address.contains(":"), let dot = address.lastIndex(of: ".") else { return nil }
    return address[..<dot] + ".0/24"
  }
}
