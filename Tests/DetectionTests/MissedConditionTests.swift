import TestSupport
import Testing

@testable import Detection

struct MissedConditionTests {
  @Test(
    "The conditions a query misses are the fewest whose change makes it hold, as trying all sets finds",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func fewest(seed: UInt64) {
    print("missed conditions, seed \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      var leaves = 0
      let tree = Self.random(3, &leaves, &random)
      guard leaves <= 10 else { continue }
      let values = (0..<leaves).map { _ in Bool.random(using: &random) }
      let condition = Self.condition(tree, values)
      let fewest = (0..<(1 << leaves)).filter { changed in
        Self.holds(tree, values.enumerated().map { $1 != (changed >> $0 & 1 == 1) })
      }.map(\.nonzeroBitCount).min()
      let missed = condition.missed
      // A condition with nothing to change may never hold: an empty choice.
      guard let fewest else { continue }
      #expect(missed.count == fewest, "seed \(seed)")
      var mended = values
      for one in missed {
        let leaf = Int(one.condition.text) ?? 0
        #expect(one.condition.holds == values[leaf] && one.wanted == !values[leaf])
        mended[leaf] = one.wanted
      }
      #expect(Self.holds(tree, mended), "seed \(seed)")
    }
  }

  private indirect enum Tree {
    case leaf(Int)
    case not(Tree)
    case all([Tree])
    case any([Tree])
  }

  private static func random(_ depth: Int, _ leaves: inout Int, _ random: inout SeededRandom) -> Tree {
    let kind = depth == 0 ? 0 : Int.random(in: 0..<5, using: &random)
    switch kind {
    case 1: return .not(self.random(depth - 1, &leaves, &random))
    case 2, 3:
      let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in self.random(depth - 1, &leaves, &random) }
      return kind == 2 ? .all(parts) : .any(parts)
    default:
      leaves += 1
      return .leaf(leaves - 1)
    }
  }

  private static func holds(_ tree: Tree, _ values: [Bool]) -> Bool {
    switch tree {
    case .leaf(let leaf): values[leaf]
    case .not(let inner): !holds(inner, values)
    case .all(let parts): parts.allSatisfy { holds($0, values) }
    case .any(let parts): parts.contains { holds($0, values) }
    }
  }

  private static func condition(_ tree: Tree, _ values: [Bool]) -> Explanation.Condition {
    let holds = holds(tree, values)
    switch tree {
    case .leaf(let leaf): return Explanation.Condition(kind: .condition, text: "\(leaf)", holds: holds)
    case .not(let inner):
      return Explanation.Condition(kind: .not, text: "", holds: holds, parts: [condition(inner, values)])
    case .all(let parts):
      return Explanation.Condition(kind: .all, text: "", holds: holds, parts: parts.map { condition($0, values) })
    case .any(let parts):
      return Explanation.Condition(kind: .any, text: "", holds: holds, parts: parts.map { condition($0, values) })
    }
  }
}
