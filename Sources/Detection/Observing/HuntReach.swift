import Events

/// From when on the executions of rules look at events.
public struct HuntReach: Sendable {
  /// The first time that an event may have to be of interest, by the field that rules take it from; nil stands for `@timestamp`.
  public var byField: [String?: Timestamp] = [:]
  /// Fields whose times a mapping writes in a format of its own: what is known of dates without it is not of them.
  public var formatted: Set<String> = []
  /// The first time that an event may have for a rule to see it, by the rule's place and in the rule's own time.
  public var byRule: [Timestamp] = []
}
