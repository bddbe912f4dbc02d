import Events
import Query

/// An exception as it bears on one rule.
public struct AppliedException: Sendable {
  /// True of the events that take no part in the rule.
  public let predicate: Predicate
  /// The last instant at which the exception holds; nil when it holds for good.
  public let expires: Timestamp?
  public let name: String
  /// Why there is the exception; may be empty.
  public let reason: String
  public let itemID: String
  /// The list through which the rule has it; nil when the exception names its rules itself.
  public let listID: String?
  public let file: String
  public let line: Int

  /// True when the exception holds for an execution at a time.
  public func holds(at time: Timestamp) -> Bool { expires.map { time <= $0 } ?? true }

  /// Where it stands, as `file:line`.
  public var place: String { "\(file):\(line)" }

  init(_ loaded: LoadedException) {
    predicate = loaded.predicate
    expires = loaded.item.expires
    name = loaded.item.name
    reason = loaded.item.description
    itemID = loaded.item.itemID
    listID = loaded.item.listID
    file = loaded.item.file
    line = loaded.item.line
  }
}
