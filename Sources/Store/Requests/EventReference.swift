import Events

/// Refers to an event of a store, also in later snapshots: by its identity, and by where it lay when it was found.
public struct EventReference: Hashable, Sendable {
  public let identity: EventIdentity
  /// Where to look first; of no meaning to whoever holds it.
  public let part: Int64

  public init(_ identity: EventIdentity, part: Int64 = 0) {
    self.identity = identity
    self.part = part
  }

  /// Two references are equal that refer to one event.
  public static func == (left: EventReference, right: EventReference) -> Bool { left.identity == right.identity }

  public func hash(into hasher: inout Hasher) { hasher.combine(identity) }
}
