/// Pairs of fields that must all agree between an event and an indicator.
public struct ThreatMapping: Hashable, Sendable {
  public var entries: [ThreatMappingEntry]

  public init(entries: [ThreatMappingEntry]) {
    self.entries = entries
  }
}
