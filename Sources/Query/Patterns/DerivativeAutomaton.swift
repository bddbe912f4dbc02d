/// A deterministic automaton of a regular expression with complements and intersections, which RE2 does not know.
///
/// Made from the expression's derivatives, all of them before the first text is matched; an expression that takes more
/// states or work than the bounds has none.
struct DerivativeAutomaton: Sendable {
  /// States that an automaton has at most.
  static let mostStates = 10_000
  /// Expressions that may be met while it is made.
  static let mostExpressions = 200_000
  /// Steps that making it may take: parts of expressions that are made, compared or put together. They bound the time, a few tenths
  /// of a second: few states may be of very many parts each.
  static let mostSteps = 4_000_000
  /// How deep expressions stand in one another at most.
  static let deepest = 1000

  /// Where each class of characters begins, ascending; the first at 0.
  private let starts: [UInt32]
  /// The next state of a state and a class, row by row.
  private let next: [UInt32]
  private let accepts: [Bool]

  /// Nil where the bounds do not suffice.
  init?(_ regex: LuceneRegex) {
    guard var maker = DerivativeMaker(regex), let root = maker.insert(regex) else { return nil }
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
