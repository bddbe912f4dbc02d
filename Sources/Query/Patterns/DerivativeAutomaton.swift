/// A deterministic automaton of a regular expression with complements and intersections, which RE2 does not know.
///
/// Made from the expression's derivatives, all of them before the first text is matched; an expression that takes more
/// states or work than the bounds has none.
struct DerivativeAutomaton: Sendable {
  /// States that an automaton has at most.
  static let mostStates = 10_000
  /// Expressions that may be met while it is made.
  static let mostExpressions = 200_000

  /// Where each class of characters begins, ascending; the first at 0.
  private let starts: [UInt32]
  /// The next state of a state and a class, row by row.
  private let next: [UInt32]
  private let accepts: [Bool]

  /// Nil where the bounds do not suffice.
  init?(_ regex: LuceneRegex) {
    var maker = DerivativeMaker(regex)
    guard let root = maker.insert(regex) else { return nil }
    var states = [root]
    var numbers = [root: UInt32(0)]
    var next: [UInt32] = []
    var at = 0
    while at < states.count {
      for place in maker.starts.indices {
        guard let derived = maker.derivative(states[at], place) else { return nil }
        if let known = numbers[derived] {
          next.append(known)
        } else {
          guard states.count < Self.mostStates else { return nil }
          numbers[derived] = UInt32(states.count)
          next.append(UInt32(states.count))
          states.append(derived)
        }
      }
      at += 1
    }
    starts = maker.starts
    self.next = next
    accepts = states.map { maker.isNullable($0) }
  }

  /// True when it matches the whole text.
  func matches(_ text: some Sequence<Unicode.Scalar>) -> Bool {
    var state = 0
    for scalar in text { state = Int(next[state * starts.count + place(of: scalar.value)]) }
    return accepts[state]
  }

  private func place(of scalar: UInt32) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= scalar { low = middle } else { high = middle }
    }
    return low
  }
}

/// Makes derivatives: what is left of an expression to match after a character. Equal expressions have one number.
private struct DerivativeMaker {
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

  let starts: [UInt32]
  private var nodes: [Node] = []
  private var nullable: [Bool] = []
  private var numbers: [Node: Int] = [:]
  private var known: [[Int]: Int] = [:]

  init(_ regex: LuceneRegex) {
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
  }

  func isNullable(_ place: Int) -> Bool { nullable[place] }

  private mutating func add(_ node: Node) -> Int? {
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
    switch regex {
    case .nothing: return add(.nothing)
    case .empty: return add(.empty)
    case .set(let set):
      if set.ranges.isEmpty { return add(.nothing) }
      return add(
        .set(starts.map { start in set.ranges.contains { $0.contains(start) } }))
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

  private mutating func insert(all parts: [LuceneRegex]) -> [Int]? {
    var places: [Int] = []
    for part in parts {
      guard let place = insert(part) else { return nil }
      places.append(place)
    }
    return places
  }

  private mutating func sequence(_ first: Int, _ second: Int) -> Int? {
    switch (nodes[first], nodes[second]) {
    case (.nothing, _), (_, .nothing): return add(.nothing)
    case (.empty, _): return second
    case (_, .empty): return first
    // Grouped to the right, so that one expression has one form.
    case (.sequence(let head, let tail), _): return sequence(tail, second).flatMap { add(.sequence(head, $0)) }
    default: return add(.sequence(first, second))
    }
  }

  private mutating func either(_ parts: [Int]) -> Int? {
    var all: Set<Int> = []
    for part in parts {
      switch nodes[part] {
      case .nothing: break
      case .either(let inner): all.formUnion(inner)
      default: all.insert(part)
      }
    }
    if all.contains(where: { isEverything($0) }) { return everything() }
    if all.isEmpty { return add(.nothing) }
    return all.count == 1 ? all.first : add(.either(all.sorted()))
  }

  private mutating func both(_ parts: [Int]) -> Int? {
    var all: Set<Int> = []
    for part in parts {
      if isEverything(part) { continue }
      switch nodes[part] {
      case .nothing: return part
      case .both(let inner): all.formUnion(inner)
      default: all.insert(part)
      }
    }
    if all.isEmpty { return everything() }
    return all.count == 1 ? all.first : add(.both(all.sorted()))
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
    let key = [place, character]
    if let found = known[key] { return found }
    let result = derive(place, character)
    if let result { known[key] = result }
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
