extension SigmaCorrelation {
  /// A way in which the events of an ordered correlation come together: events of some rules, in their order, and none of others.
  public struct Way: Hashable, Sendable {
    /// Places of rules, in their order.
    public var rules: [Int]
    /// Places of rules of which there must be no event.
    public var absent: Set<Int>
  }

  /// Ways of one correlation. Each is followed by itself.
  static let mostWays = 256

  /// In which ways a correlation whose rules have an order holds.
  static func ways(
    _ rules: [String], _ condition: Rules?, _ comparisons: [Comparison], _ place: SigmaNode.Place
  ) throws(SigmaFault) -> [Way] {
    let places = Dictionary(uniqueKeysWithValues: rules.enumerated().map { ($1, $0) })
    let found: Set<Rules.Literals>?
    if let condition {
      found = condition.ways(isTrue: true)
    } else {
      let least = try least(of: rules.count, comparisons, place)
      found = least > rules.count ? [] : subsets(of: rules, least)
    }
    guard let found else {
      throw SigmaFault(
        "the condition of temporal_ordered can be met in more than \(mostWays) ways, each of which has its order; "
          + "write several correlations", place)
    }
    func sorted(_ names: Set<String>) -> [Int] { names.compactMap { places[$0] }.sorted() }
    return found.map { Way(rules: sorted($0.seen), absent: Set(sorted($0.unseen))) }.sorted {
      ($0.rules.count, $0.absent.count) != ($1.rules.count, $1.absent.count)
        ? ($0.rules.count, $0.absent.count) < ($1.rules.count, $1.absent.count)
        : $0.rules.lexicographicallyPrecedes($1.rules)
    }
  }

  /// Of how many rules there must be events in their order, at least.
  private static func least(
    of count: Int, _ comparisons: [Comparison], _ place: SigmaNode.Place
  ) throws(SigmaFault) -> Int {
    var least = 0.0
    for comparison in comparisons {
      switch comparison.kind {
      case .greaterOrEqual: least = max(least, comparison.number.rounded(.up))
      case .greater: least = max(least, comparison.number.rounded(.down) + 1)
      // There are no more rules than all.
      case .equal where comparison.number == Double(count): least = Double(count)
      case .lessOrEqual where comparison.number >= Double(count): break
      case .less where comparison.number > Double(count): break
      case .equal, .lessOrEqual, .less, .notEqual:
        throw SigmaFault(
          "temporal_ordered asks for so many rules in order at least, by `gt` or `gte`: what has an order does not cease "
            + "to have one", place)
      }
    }
    return least > Double(count) ? count + 1 : max(Int(least), 0)
  }

  /// All choices of so many rules; nil where there are too many.
  private static func subsets(of rules: [String], _ count: Int) -> Set<Rules.Literals>? {
    var chosen: [[String]] = [[]]
    for (at, rule) in rules.enumerated() {
      // A choice that what is left cannot fill is dropped.
      chosen = chosen.flatMap { $0.count < count ? [$0, $0 + [rule]] : [$0] }
        .filter { $0.count + rules.count - at - 1 >= count }
      guard chosen.count <= mostWays else { return nil }
    }
    return Set(chosen.map { Rules.Literals(seen: Set($0), unseen: []) })
  }
}

extension SigmaCorrelation.Rules {
  /// Rules that have events and rules that have none.
  struct Literals: Hashable {
    var seen: Set<String>
    var unseen: Set<String>

    /// True where this holds wherever the other does.
    fileprivate func isImplied(by other: Literals) -> Bool {
      seen.isSubset(of: other.seen) && unseen.isSubset(of: other.unseen)
    }
  }

  /// The ways in which it is true, or false, none of which implies another; nil where there are too many.
  func ways(isTrue: Bool) -> Set<Literals>? {
    guard let all = literals(isTrue: isTrue) else { return nil }
    return all.filter { way in !all.contains { $0 != way && $0.isImplied(by: way) } }
  }

  private func literals(isTrue: Bool) -> Set<Literals>? {
    switch self {
    case .rule(let name): return [isTrue ? Literals(seen: [name], unseen: []) : Literals(seen: [], unseen: [name])]
    case .not(let part): return part.literals(isTrue: !isTrue)
    case .and(let parts): return isTrue ? Self.all(parts, isTrue) : Self.any(parts, isTrue)
    case .or(let parts): return isTrue ? Self.any(parts, isTrue) : Self.all(parts, isTrue)
    }
  }

  private static func any(_ parts: [SigmaCorrelation.Rules], _ isTrue: Bool) -> Set<Literals>? {
    var found: Set<Literals> = []
    for part in parts {
      guard let ways = part.literals(isTrue: isTrue) else { return nil }
      found.formUnion(ways)
      guard found.count <= SigmaCorrelation.mostWays else { return nil }
    }
    return found
  }

  private static func all(_ parts: [SigmaCorrelation.Rules], _ isTrue: Bool) -> Set<Literals>? {
    var found: Set<Literals> = [Literals(seen: [], unseen: [])]
    for part in parts {
      guard let ways = part.literals(isTrue: isTrue), found.count * ways.count <= mostProducts else { return nil }
      var next: Set<Literals> = []
      for one in found {
        for other in ways {
          let both = Literals(seen: one.seen.union(other.seen), unseen: one.unseen.union(other.unseen))
          if both.seen.isDisjoint(with: both.unseen) { next.insert(both) }
        }
      }
      found = next
      guard found.count <= SigmaCorrelation.mostWays else { return nil }
    }
    return found
  }

  /// Pairs of ways that are looked at where two conditions are joined.
  private static let mostProducts = 4096
}
