/// A regular expression's automaton as Lucene puts it together, of which a character may lead into several states: only to count what it
/// takes to make it deterministic, which Elasticsearch bounds (`max_determinized_states`). Texts are matched by other means.
///
/// Source: Lucene 10's `Operations` and `Automata`. States that nothing leads to, or that lead nowhere, make no difference to the count,
/// and so does not the order of states.
struct LuceneAutomaton {
  struct Transition {
    var target: Int
    var range: ClosedRange<UInt32>
  }

  /// What is counted was too much.
  enum Fault: Error {
    /// More effort than Elasticsearch spends.
    case tooComplex
    /// More states and transitions than are looked at here: it is not known what Elasticsearch does.
    case tooLarge
  }

  /// The transitions of each state, the first state being where texts begin. Without a state it matches nothing.
  private(set) var transitions: [[Transition]] = []
  private(set) var accepts: [Bool] = []
  private(set) var size = 0

  /// States and transitions that an automaton has at most.
  private static let largest = 1_000_000

  /// What counting one expression may take. Its parts share it, since each has the others' automata copied into its own. A step is a
  /// pair of transitions of an intersection, or of each set of states that is made of others an end of their transitions or one of its own
  /// states; states and transitions, which take memory, count for three.
  final class Work {
    /// They take about a second. What Elasticsearch usually spends is a tenth of it, unless characters are told apart very finely.
    private var left = 10_000_000

    func spend(_ steps: Int) throws(Fault) {
      left -= steps
      guard left >= 0 else { throw .tooLarge }
    }
  }

  var isEmpty: Bool { transitions.isEmpty }

  @discardableResult
  mutating func addState(accepts: Bool = false) -> Int {
    transitions.append([])
    self.accepts.append(accepts)
    size += 1
    return transitions.count - 1
  }

  mutating func accept(_ state: Int, _ accepts: Bool = true) { self.accepts[state] = accepts }

  mutating func add(_ range: ClosedRange<UInt32>, from state: Int, to target: Int) throws(Fault) {
    size += 1
    guard size <= Self.largest else { throw .tooLarge }
    transitions[state].append(Transition(target: target, range: range))
  }

  /// Adds another automaton's states behind its own; returns where they begin.
  @discardableResult
  mutating func append(_ other: LuceneAutomaton) throws(Fault) -> Int {
    let start = transitions.count
    size += other.size
    guard size <= Self.largest else { throw .tooLarge }
    for (state, list) in other.transitions.enumerated() {
      transitions.append(list.map { Transition(target: start + $0.target, range: $0.range) })
      accepts.append(other.accepts[state])
    }
    return start
  }

  /// Lets one state go on as another one does.
  mutating func join(_ state: Int, as other: Int) throws(Fault) {
    if accepts[other] { accepts[state] = true }
    for transition in transitions[other] { try add(transition.range, from: state, to: transition.target) }
  }

  /// The same without states that cannot be reached and such as lead to no end.
  func trimmed() -> LuceneAutomaton {
    guard !isEmpty else { return self }
    var sources = [[Int]](repeating: [], count: transitions.count)
    for (state, list) in transitions.enumerated() { for next in list { sources[next.target].append(state) } }
    let reached = Self.closure(of: [0], count: transitions.count) { transitions[$0].map(\.target) }
    let leading = Self.closure(of: accepts.indices.filter { accepts[$0] }, count: transitions.count) { sources[$0] }
    var result = LuceneAutomaton()
    var places = [Int?](repeating: nil, count: transitions.count)
    for state in transitions.indices where reached[state] && leading[state] {
      places[state] = result.addState(accepts: accepts[state])
    }
    for state in transitions.indices {
      guard let place = places[state] else { continue }
      result.transitions[place] = transitions[state].compactMap { next in
        places[next.target].map { Transition(target: $0, range: next.range) }
      }
      result.size += result.transitions[place].count
    }
    return result
  }

  private static func closure(of start: [Int], count: Int, _ next: (Int) -> [Int]) -> [Bool] {
    var isIn = [Bool](repeating: false, count: count)
    var waiting = start
    for state in start { isIn[state] = true }
    while let state = waiting.popLast() {
      for other in next(state) where !isIn[other] {
        isIn[other] = true
        waiting.append(other)
      }
    }
    return isIn
  }

  /// True where no character leads from a state into two.
  var isDeterministic: Bool {
    transitions.allSatisfy { list in
      let sorted = list.sorted {
        ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
      }
      var last: Transition?
      for next in sorted {
        if let before = last, next.range.lowerBound <= before.range.upperBound {
          guard next.target == before.target else { return false }
          if next.range.upperBound <= before.range.upperBound { continue }
        }
        last = next
      }
      return true
    }
  }
}
