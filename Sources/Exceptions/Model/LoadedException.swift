import Query

/// An exception that was read and found sound, with the condition that it puts on events.
public struct LoadedException: Sendable {
  public let item: ExceptionItem
  /// True of the events that are excepted.
  public let predicate: Predicate
  /// The value lists that its entries name.
  public let valueLists: [ValueListReference: ValueList]
}
