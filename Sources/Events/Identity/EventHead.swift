/// What is known of an event beside its fields: when it happened, which it is, and what its source text is.
public struct EventHead: Equatable, Sendable, BitwiseCopyable {
  /// The event's `@timestamp`; `Timestamp.missing` where it has none.
  public var time: Timestamp
  public var identity: EventIdentity
  /// Tells the texts apart that may come under one identity: of several the lowest counts. `unnamed` where the event names
  /// no id: then the identity is that of this one delivery.
  public var content: UInt32
  /// What the source text is, as whoever reads it names it.
  public var form: UInt8

  /// The content of an event that names no id.
  public static let unnamed = UInt32.max

  /// Set in the content of every text that does not update another.
  public static let originalBit: UInt32 = 1 << 31

  public init(time: Timestamp, identity: EventIdentity, content: UInt32, form: UInt8) {
    self.time = time
    self.identity = identity
    self.content = content
    self.form = form
  }
}
