import Query
import TestSupport
import Testing

struct KQLRoundTripTests {
  @Test("What is printed reads back as the same condition", arguments: [UInt64.random(in: 0...UInt64.max), 1, 2, 3])
  func roundTrip(seed: UInt64) throws {
    var maker = PredicateMaker(seed: seed)
    var sayable = 0
    for _ in 0..<1500 {
      let predicate = maker.predicate(depth: 4, path: nil).simplified()
      guard predicate != .nothing else { continue }
      // Blanks at the ends of what stands outside quotes cannot be said.
      guard let text = KQL.text(predicate) else { continue }
      sayable += 1
      try #require(try KQL.parse(text) == predicate, "seed \(seed): \(text)")
    }
    #expect(!stands(seed) || sayable > 500)
  }
}

/// Makes random predicates of the kinds that KQL can say.
struct PredicateMaker {
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func predicate(depth: Int, path: String?) -> Predicate {
    switch Int.random(in: 0...(depth > 0 ? 11 : 5), using: &random) {
    case 0: return .exists(selector(path))
    case 1: return Int.random(in: 0...5, using: &random) == 0 ? .all : .test(selector(path), .match(text()))
    case 2: return .test(selector(path), .phrase(text()))
    case 3: return .test(selector(path), .wildcard(pattern()))
    case 4:
      let bound = RangeBound(text(), inclusive: Bool.random(using: &random))
      let isLower = Bool.random(using: &random)
      return .test(selector(path), .range(lower: isLower ? bound : nil, upper: isLower ? nil : bound))
    case 5: return path == nil ? .test(.any, .match(text())) : .test(selector(path), .match(text()))
    case 6, 7: return .and(parts(depth, path))
    case 8, 9: return .or(parts(depth, path))
    case 10: return .not(predicate(depth: depth - 1, path: path))
    default:
      let inner = (path.map { $0 + "." } ?? "") + name()
      return .nested(path: NestedPath(inner), predicate(depth: depth - 1, path: inner))
    }
  }

  private mutating func parts(_ depth: Int, _ path: String?) -> [Predicate] {
    (0..<Int.random(in: 1...4, using: &random)).map { _ in predicate(depth: depth - 1, path: path) }
  }

  private mutating func name() -> String {
    ["user.name", "a", "b.c", "not", "or", "a b", "x:y", "@timestamp", "quo\"te", "é"].randomElement(using: &random)!
  }

  private mutating func selector(_ path: String?) -> FieldSelector {
    let lead = path.map { $0 + "." } ?? ""
    guard Int.random(in: 0...4, using: &random) == 0 else { return .named(lead + name()) }
    return .matching(WildcardPattern([.literal(lead), .literal(name()), .anyRun]))
  }

  private mutating func text() -> String {
    let pieces = [
      "a", "B", "x y", "and", "or", "not", " ", "*", "\"", "\\", "(", ")", ":", "{", "}", "<", ">", "=", "\n", "\t",
      "1", "now-1d", "é", "😀", "&&", "||", "!", "\u{A0}", "=", "\\n", "e\u{301}",
    ]
    return (0..<Int.random(in: 1...5, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
  }

  private mutating func pattern() -> WildcardPattern {
    var pattern = WildcardPattern([.literal(text())])
    for _ in 0..<Int.random(in: 1...2, using: &random) {
      pattern.append(.anyRun)
      if Bool.random(using: &random) { pattern.append(.literal(text())) }
    }
    return pattern
  }
}
