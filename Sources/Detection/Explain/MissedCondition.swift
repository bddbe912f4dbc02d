/// A condition that would have to be otherwise for a query to match an event.
public struct MissedCondition: Sendable {
  public var condition: Explanation.Condition
  /// Whether the query wants it to hold, or not to hold.
  public var wanted: Bool
  /// How many other conditions would do in its place.
  public var alternatives = 0
}

extension Explanation.Condition {
  /// The fewest conditions that would have to be otherwise for this one to hold; none when it does. Of several ways of the
  /// same length the first in the query's order.
  public var missed: [MissedCondition] { missed(toBe: true) }

  private func missed(toBe wanted: Bool) -> [MissedCondition] {
    guard holds != wanted else { return [] }
    switch kind {
    case .condition: return [MissedCondition(condition: self, wanted: wanted)]
    case .not: return parts.first?.missed(toBe: !wanted) ?? []
    case .all, .any:
      let ways = parts.map { $0.missed(toBe: wanted) }
      // All of them have to be so, or one is enough.
      if (kind == .all) == wanted { return ways.flatMap(\.self) }
      guard var way = ways.min(by: { $0.count < $1.count }) else { return [] }
      if way.count == 1 {
        way[0].alternatives = ways.reduce(-1) { $0 + ($1.count == 1 ? 1 + $1[0].alternatives : 0) }
      }
      return way
    }
  }

  /// How many single conditions there are in it.
  var size: Int { kind == .condition ? 1 : parts.reduce(0) { $0 + $1.size } }
}
