import Events
import JSON

/// One exception: an event that satisfies all of its entries takes no part in the rules that it is for.
public struct ExceptionItem: Hashable, Sendable {
  /// The item's id, unique within its list.
  public var itemID: String
  public var name: String
  /// Why there is the exception, or what it is about.
  public var description = ""
  public var scope: ExceptionScope
  public var entries: [ExceptionEntry]
  public var tags: [String] = []
  /// Comments as Kibana keeps them.
  public var comments: [JSONValue] = []
  /// Operating systems: when there are any, the event's must be one of them.
  public var osTypes: [String] = []
  /// The last instant at which the exception holds; nil when it holds for good.
  public var expires: Timestamp?
  public var file: String
  /// Where the item starts, from 1.
  public var line: Int

  public init(
    itemID: String, name: String, scope: ExceptionScope, entries: [ExceptionEntry], file: String = "", line: Int = 1
  ) {
    self.itemID = itemID
    self.name = name
    self.scope = scope
    self.entries = entries
    self.file = file
    self.line = line
  }

  /// The list that the item belongs to; nil for one that names its rules itself.
  public var listID: String? {
    if case .list(let id, _) = scope { id } else { nil }
  }

  /// True when the exception no longer holds at a time.
  public func isExpired(at time: Timestamp) -> Bool { expires.map { $0 < time } ?? false }
}
