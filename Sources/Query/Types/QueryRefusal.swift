import Events

/// Why Elasticsearch refuses a query that can be read: for the type of a field.
public struct QueryRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, as a clause without a full stop.
  public let message: String
  /// What could stand there instead.
  public let expected: String?
  /// How to mend it.
  public let hint: String?
  /// It is the field that is wrong, not the value.
  let isOfField: Bool
  /// It is refused here, and Elasticsearch may take it.
  public let isOwn: Bool

  init(
    _ message: String, expected: String? = nil, hint: String? = nil, isOfField: Bool = false, isOwn: Bool = false
  ) {
    self.message = message
    self.expected = expected
    self.hint = hint
    self.isOfField = isOfField
    self.isOwn = isOwn
  }

  /// A field that cannot be searched: of the schema one that is not indexed, of a mapping also one of a type that is not known here.
  static func unindexed(_ name: String) -> QueryRefusal {
    if FieldCatalog.standard.resolve(name).type == .binary {
      return QueryRefusal("`\(name)` is not indexed, so it cannot be searched", isOfField: true)
    }
    return QueryRefusal(
      "`\(name)` cannot be searched here: it is not indexed, or of a type that is not supported", isOfField: true,
      isOwn: true)
  }

  static let null = QueryRefusal(
    "null is no value to look for", expected: "a value",
    hint: "write `not field: *` for events without the field, or \"null\" for the word")

  public var description: String {
    ([message, expected.map { "expected " + $0 }, hint]).compactMap(\.self).joined(separator: "; ")
  }
}
