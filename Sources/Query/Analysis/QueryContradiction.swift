/// Why a query, or a part of it, can be true of no event.
public struct QueryContradiction: Hashable, Sendable {
  /// The field on which it founders; nil when no single field is to blame.
  public var field: String?
  /// The cause, a clause without a point: what is asked of the field.
  public var cause: String
}
