/// Tells whether two grants reach something in common.
enum Overlap {
  /// The most patterns of a list that are held against another list.
  private static let limit = 64

  static func exists(_ left: PolicyGrant, _ right: PolicyGrant) -> Bool {
    guard let these = left.actions, let those = right.actions, exists(these, those, \.folded) else { return false }
    guard let these = left.resources, let those = right.resources else { return true }
    return exists(these, those, \.self)
  }

  private static func exists<Item>(
    _ left: PolicyList<Item>, _ right: PolicyList<Item>, _ text: KeyPath<Item, String>
  ) -> Bool {
    // What an exception leaves is nearly everything.
    if left.isException || right.isException { return true }
    if !Set(left.items).isDisjoint(with: right.items) { return true }
    return hasMatch(left, right, text) || hasMatch(right, left, text)
  }

  private static func hasMatch<Item>(
    _ patterns: PolicyList<Item>, _ texts: PolicyList<Item>, _ text: KeyPath<Item, String>
  ) -> Bool {
    let open = patterns.items.lazy.map { $0[keyPath: text] }.filter { $0.contains("*") || $0.contains("?") }
    return open.prefix(limit).contains { pattern in
      pattern == "*" || texts.items.prefix(limit).contains { Wildcard.matches($0[keyPath: text], pattern: pattern) }
    }
  }
}
