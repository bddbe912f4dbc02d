/// Makes derivatives: what is left of an expression to match after a character. Equal expressions have one number.
///
/// Whatever makes an expression gives nil where the bounds of `DerivativeAutomaton` do not suffice.
struct DerivativeMaker {
  private enum Node: Hashable {
    case nothing
    case empty
    case set([Bool])
    case sequence(Int, Int)
    case either([Int])
    case both([Int])
    case complement(Int)
    case repeated(Int, Int, Int?)
  }

  private struct Step: Hashable {
    var place: Int
    var character: Int
  }

  let starts: [UInt32]
  private var nodes: [Node] = []
  private var nullable: [Bool] = []
  private var numbers: [Node: Int] = [:]
  private var known: [Step: Int] = [:]
  private var steps = 0
  private var depth = 0

  /// Nil where the expression has too many classes of characters.
  init?(_ regex: LuceneRegex) {
    var cuts: Set<UInt32> = [0]
    func collect(_ regex: LuceneRegex) {
      switch regex {
      case .nothing, .empty: break
      case .set(let set):
        for range in set.ranges {
          cuts.insert(range.lowerBound)
          if range.upperBound < 0x10FFFF { cuts.insert(range.upperBound + 1) }
        }
      case .sequence(let parts), .either(let parts), .both(let parts): for part in parts { collect(part) }
      case .complement(let part), .repeated(let part, _, _): collect(part)
      }
    }
    collect(regex)
    starts = cuts.sorted()
    guard spend(starts.count) else { return nil }
  }

  func isNullable(_ place: Int) -> Bool { nullable[place] }

  /// Takes so many steps; false where there are no more.
  private mutating func spend(_ count: Int) -> Bool {
    steps += count
    return steps <= DerivativeAutomaton.mostSteps
  }

  private mutating func add(_ node: Node) -> Int? {
    let parts: Int
    switch node {
    case .either(let inner), .both(let inner): parts = inner.count
    case .set(let set): parts = set.count
    default: parts = 1
    }
    // Looking it up hashes and compares all of it.
    guard spend(2 + parts) else { return nil }
    if let known = numbers[node] { return known }
    guard nodes.count < DerivativeAutomaton.mostExpressions else { return nil }
    let isNullable: Bool
    switch node {
    case .nothing, .set: isNullable = false
    case .empty: isNullable = true
    case .sequence(let first, let second): isNullable = nullable[first] && nullable[second]
    case .either(let parts): isNullable = parts.contains { nullable[$0] }
    case .both(let parts): isNullable = parts.allSatisfy { nullable[$0] }
    case .complement(let part): isNullable = !nullable[part]
    case .repeated(let part, let least, _): isNullable = least == 0 || nullable[part]
    }
    numbers[node] = nodes.count
    nodes.append(node)
    nullable.append(isNullable)
    return nodes.count - 1
  }

  mutating func insert(_ regex: LuceneRegex) -> Int? {
    depth += 1
    defer { depth -= 1 }
    guard depth <= DerivativeAutomaton.deepest else { return nil }
    switch regex {
    case .nothing: return add(.nothing)
    case .empty: return add(.empty)
    case .set(let set):
      if set.ranges.isEmpty { return add(.nothing) }
      return classes(of: set).flatMap { add(.set($0)) }
    case .sequence(let parts):
      guard var result = add(.empty) else { return nil }
      for part in parts.reversed() {
        guard let first = insert(part), let joined = sequence(first, result) else { return nil }
        result = joined
      }
      return result
    case .either(let parts): return insert(all: parts).flatMap { either($0) }
    case .both(let parts): return insert(all: parts).flatMap { both($0) }
    case .complement(let part): return insert(part).flatMap { complement($0) }
    case .repeated(let part, let least, let most): return insert(part).flatMap { repeated($0, least, most) }
    }
  }

  /// Whether a set holds each class of characters; both are ascending.
  private mutating func classes(of set: ScalarSet) -> [Bool]? {
    guard spend(starts.count + set.ranges.count) else { return nil }
    var at = 0
    return starts.map { start in
      while at < set.ranges.count, set.ranges[at].upperBound < start { at += 1 }
      return at < set.ranges.count && set.ranges[at].lowerBound <= start
    }
  }

  private mutating func insert(all parts: [LuceneRegex]) -> [Int]? {
    var places: [Int] = []
    for part in parts {
      guard let place = insert(part) else { return nil }
      places.append(place)
    }
    return places
  }

  private mutating func sequence(_ first: Int, _ second: Int) -> Int? {
    // Grouped to the right, so that one expression has one form.
    var heads: [Int] = []
    var last = first
    while case .sequence(let head, let tail) = nodes[last] {
      guard spend(1) else { return nil }
      heads.append(head)
      last = tail
    }
    guard var result = pair(last, second) else { return nil }
    for head in heads.reversed() {
      guard let joined = pair(head, result) else { return nil }
      result = joined
    }
    return result
  }

  /// Two expressions in a row, of which the first is none of several in a row.
  private mutating func pair(_ first: Int, _ second: Int) -> Int? {
    switch (nodes[first], nodes[second]) {
    case (.nothing, _), (_, .nothing): return add(.nothing)
    case (.empty, _): return second
    case (_, .empty): return first
    default: return add(.sequence(first, second))
    }
  }

  private mutating func either(_ parts: [Int]) -> Int? {
    var all: [Int] = []
    for part in parts {
      switch nodes[part] {
      case .nothing: break
      case .either(let inner):
        guard spend(inner.count) else { return nil }
        all += inner
      default: all.append(part)
      }
    }
    guard let all = distinct(all) else { return nil }
    if all.contains(where: { isEverything($0) }) { return everything() }
    if all.isEmpty { return add(.nothing) }
    return all.count == 1 ? all.first : add(.either(all))
  }

  private mutating func both(_ parts: [Int]) -> Int? {
    var all: [Int] = []
    for part in parts {
      if isEverything(part) { continue }
      switch nodes[part] {
      case .nothing: return part
      case .both(let inner):
        guard spend(inner.count) else { return nil }
        all += inner
      default: all.append(part)
      }
    }
    guard let all = distinct(all) else { return nil }
    if all.isEmpty { return everything() }
    return all.count == 1 ? all.first : add(.both(all))
  }

  /// Numbers in order, each once.
  private mutating func distinct(_ numbers: [Int]) -> [Int]? {
    guard spend(2 * numbers.count) else { return nil }
    var result: [Int] = []
    for number in numbers.sorted() where result.last != number { result.append(number) }
    return result
  }

  private mutating func complement(_ part: Int) -> Int? {
    if case .complement(let inner) = nodes[part] { return inner }
    return add(.complement(part))
  }

  private mutating func everything() -> Int? { add(.nothing).flatMap { add(.complement($0)) } }

  private func isEverything(_ place: Int) -> Bool {
    if case .complement(let inner) = nodes[place], case .nothing = nodes[inner] { return true }
    return false
  }

  private mutating func repeated(_ part: Int, _ least: Int, _ most: Int?) -> Int? {
    switch nodes[part] {
    case .empty: return part
    case .nothing: return least == 0 ? add(.empty) : part
    case .set(let set) where least == 0 && most == nil && set.allSatisfy { $0 }: return everything()
    default: break
    }
    if most == 0 { return add(.empty) }
    if least == 1, most == 1 { return part }
    return add(.repeated(part, least, most))
  }

  /// What is left after a character of a class.
  mutating func derivative(_ place: Int, _ character: Int) -> Int? {
    guard spend(1) else { return nil }
    let step = Step(place: place, character: character)
    if let found = known[step] { return found }
    depth += 1
    defer { depth -= 1 }
    guard depth <= DerivativeAutomaton.deepest else { return nil }
    let result = derive(place, character)
    if let result { known[step] = result }
    return result
  }

  private mutating func derive(_ place: Int, _ character: Int) -> Int? {
    switch nodes[place] {
    case .nothing, .empty: return add(.nothing)
    case .set(let set): return add(set[character] ? .empty : .nothing)
    case .sequence(let first, let second):
      guard let left = derivative(first, character), let joined = sequence(left, second) else { return nil }
      guard nullable[first] else { return joined }
      guard let right = derivative(second, character) else { return nil }
      return either([joined, right])
    case .either(let parts): return derivatives(parts, character).flatMap { either($0) }
    case .both(let parts): return derivatives(parts, character).flatMap { both($0) }
    case .complement(let part): return derivative(part, character).flatMap { complement($0) }
    case .repeated(let part, let least, let most):
      guard let first = derivative(part, character),
        let rest = repeated(part, max(0, least - 1), most.map { $0 - 1 })
      else { return nil }
      return sequence(first, rest)
    }
  }

  private mutating func derivatives(_ parts: [Int], _ character: Int) -> [Int]? {
    var places: [Int] = []
    for part in parts {
      guard let place = derivative(part, character) else { return nil }
      places.append(place)
    }
    return places
  }
}
