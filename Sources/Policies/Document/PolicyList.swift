/// The values of one element of a statement, such as `Action`, or of its opposite, such as `NotAction`.
///
/// The order in which they were written and repetitions are gone: equal lists mean the same.
public struct PolicyList<Item: Hashable & Comparable & Sendable>: Hashable, Sendable {
  /// True for `NotAction`, `NotResource` and `NotPrincipal`: everything but the items is meant.
  public let isException: Bool
  /// The values, each once, in the order of their texts.
  public let items: [Item]

  public init(isException: Bool = false, _ items: some Sequence<Item>) {
    self.isException = isException
    self.items = Set(items).sorted()
  }

  /// The list with only some of its items.
  func with(_ items: [Item]) -> PolicyList { PolicyList(isException: isException, items) }
}
