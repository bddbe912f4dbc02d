/// One line of a statement's `Condition`: an operator, a key of the request, and the values it is held against.
public struct PolicyCondition: Hashable, Sendable, Comparable {
  /// The operator as written, such as `StringEquals` or `ForAnyValue:StringLikeIfExists`.
  public let comparison: CaselessText
  /// The key, such as `sts:ExternalId`.
  public let key: CaselessText
  /// The values, each once, in the order of their texts; one of them is enough.
  public let values: [String]

  public init(comparison: String, key: String, values: some Sequence<String>) {
    self.comparison = CaselessText(comparison)
    self.key = CaselessText(key)
    self.values = Set(values).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  public static func < (left: PolicyCondition, right: PolicyCondition) -> Bool {
    if left.key != right.key { return left.key < right.key }
    if left.comparison != right.comparison { return left.comparison < right.comparison }
    return left.values.lexicographicallyPrecedes(right.values)
  }
}
