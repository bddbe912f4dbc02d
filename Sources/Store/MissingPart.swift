import Events

/// A part of a store that cannot be read, with what is known of it all the same.
public struct MissingPart: Equatable, Sendable {
  public var dataStream: String
  public var eventCount: Int
  /// The first and the last time of its events; nil where none has one.
  public var times: ClosedRange<Timestamp>?
  /// Why, for a person.
  public var reason: String

  public init(dataStream: String, eventCount: Int, times: ClosedRange<Timestamp>?, reason: String) {
    self.dataStream = dataStream
    self.eventCount = eventCount
    self.times = times
    self.reason = reason
  }
}
