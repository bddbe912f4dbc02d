/// What a key may be used for.
public enum Role: String, Sendable, CaseIterable, Codable {
  /// Sends events.
  case ingest
  /// Reads events, alerts and rules.
  case read
  /// Reads, and works on alerts.
  case triage
  /// Reads, and changes rules and exceptions.
  case rules
  /// Everything, keys included.
  case admin

  /// Whether who has this role may do what another is for.
  public func includes(_ other: Role) -> Bool {
    switch self {
    case .admin: true
    case .ingest, .read: self == other
    case .triage, .rules: self == other || other == .read
    }
  }
}
