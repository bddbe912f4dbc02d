/// How Lucene puts the automaton of a regular expression together, part by part.
extension LuceneAutomaton {
  /// What making a complement deterministic may take, whatever is allowed for the whole.
  private static let complementEffort = 10_000

  /// How deep expressions stand in one another at most.
  private static let deepest = 500

  init(_ regex: LuceneRegex, depth: Int = 0, _ work: Work) throws(Fault) {
    self.init()
    guard depth < Self.deepest else { throw .tooLarge }
    let depth = depth + 1
    switch regex {
    case .nothing: break
    case .empty: addState(accepts: true)
    case .set(let set):
      guard !set.ranges.isEmpty else { break }
      addState()
      addState(accepts: true)
      for range in set.ranges { try add(range, from: 0, to: 1) }
    case .sequence: self = try Self.sequence(Self.parts(regex, depth, work))
    case .either: self = try Self.either(Self.parts(regex, depth, work))
    case .both(let parts):
      var result: LuceneAutomaton?
      for part in parts.reversed() {
        let next = try LuceneAutomaton(part, depth: depth, work)
        result = if let last = result { try Self.both(next, last, work) } else { next }
      }
      self = result ?? self
    case .complement(let part): self = try LuceneAutomaton(part, depth: depth, work).complement(work)
    case .repeated(let part, 0, 1): self = try LuceneAutomaton(part, depth: depth, work).optional()
    case .repeated(let part, 0, nil): self = try LuceneAutomaton(part, depth: depth, work).repeated()
    case .repeated(let part, let least, nil):
      let one = try LuceneAutomaton(part, depth: depth, work)
      self = try Self.sequence([LuceneAutomaton](repeating: one, count: least) + [one.repeated()])
    case .repeated(let part, let least, let most?):
      self = try LuceneAutomaton(part, depth: depth, work).repeated(least, most)
    }
    try work.spend(3 * size)
  }

  /// The automata of a list's parts; lists in lists are one.
  private static func parts(_ regex: LuceneRegex, _ depth: Int, _ work: Work) throws(Fault) -> [LuceneAutomaton] {
    var result: [LuceneAutomaton] = []
    var waiting = [regex]
    while let next = waiting.popLast() {
      switch (regex, next) {
      case (.sequence, .sequence(let inner)), (.either, .either(let inner)): waiting += inner.reversed()
      default: result.append(try LuceneAutomaton(next, depth: depth, work))
      }
    }
    return result
  }

  private static func sequence(_ parts: [LuceneAutomaton]) throws(Fault) -> LuceneAutomaton {
    guard !parts.contains(where: \.isEmpty) else { return LuceneAutomaton() }
    var result = LuceneAutomaton()
    // What matches no text but the empty one adds nothing behind the first part, and there may be a million of it.
    let parts = parts.prefix(1) + parts.dropFirst().filter { !($0.accepts[0] && $0.transitions[0].isEmpty) }
    var starts: [Int] = []
    for part in parts { starts.append(try result.append(part)) }
    for (place, part) in parts.enumerated() {
      for state in part.accepts.indices where part.accepts[state] {
        let here = starts[place] + state
        // What follows begins here too, and what follows that where it may be passed over.
        var next = place + 1
        while next < parts.count {
          for transition in parts[next].transitions[0] {
            try result.add(transition.range, from: here, to: starts[next] + transition.target)
          }
          guard parts[next].accepts[0] else { break }
          next += 1
        }
        result.accept(here, next == parts.count)
      }
    }
    if parts.isEmpty { result.addState(accepts: true) }
    return result.trimmed()
  }

  private static func either(_ parts: [LuceneAutomaton]) throws(Fault) -> LuceneAutomaton {
    var result = LuceneAutomaton()
    result.addState()
    for part in parts where !part.isEmpty { try result.join(0, as: try result.append(part)) }
    return result.trimmed()
  }

  private func optional() throws(Fault) -> LuceneAutomaton {
    if accepts.first == true { return self }
    var result = self
    guard transitions.contains(where: { $0.contains { $0.target == 0 } }) else {
      if result.isEmpty { result.addState() }
      result.accept(0)
      return result
    }
    result = LuceneAutomaton()
    result.addState(accepts: true)
    try result.join(0, as: try result.append(self))
    return result
  }

  private func repeated() throws(Fault) -> LuceneAutomaton {
    guard !isEmpty, !(accepts[0] && accepts.count(where: \.self) == 1) else { return self }
    var result = LuceneAutomaton()
    result.addState(accepts: true)
    // Ends that lead nowhere are the new beginning.
    let places = transitions.indices.map { state in
      accepts[state] && transitions[state].isEmpty ? 0 : result.addState(accepts: accepts[state])
    }
    for (state, list) in transitions.enumerated() {
      for next in list { try result.add(next.range, from: places[state], to: places[next.target]) }
    }
    let ends = Set(places.indices.filter { accepts[$0] && places[$0] != 0 }.map { places[$0] })
    for start in [0] + ends.sorted() {
      for next in transitions[0] { try result.add(next.range, from: start, to: places[next.target]) }
    }
    return result.trimmed()
  }

  private func repeated(_ least: Int, _ most: Int) throws(Fault) -> LuceneAutomaton {
    var result: LuceneAutomaton
    switch least {
    case 0:
      result = LuceneAutomaton()
      result.addState(accepts: true)
    case 1: result = self
    default: result = try Self.sequence([LuceneAutomaton](repeating: self, count: least))
    }
    // No text repeated is none.
    guard !isEmpty, !result.isEmpty else { return result }
    var ends = result.accepts.indices.filter { result.accepts[$0] }
    for _ in least..<most {
      let start = try result.append(self)
      for end in ends { try result.join(end, as: start) }
      ends = accepts.indices.filter { accepts[$0] }.map { start + $0 }
    }
    return result.trimmed()
  }

  private func complement(_ work: Work) throws(Fault) -> LuceneAutomaton {
    var result = try deterministic(effort: Self.complementEffort, work)
    let sink = result.addState()
    for state in result.transitions.indices {
      var next: UInt32 = 0
      for range in result.transitions[state].map(\.range).sorted(by: { $0.lowerBound < $1.lowerBound }) {
        if range.lowerBound > next { try result.add(next...(range.lowerBound - 1), from: state, to: sink) }
        next = max(next, range.upperBound + 1)
      }
      if next <= 0x10FFFF { try result.add(next...0x10FFFF, from: state, to: sink) }
    }
    for state in result.accepts.indices { result.accept(state, !result.accepts[state]) }
    return result.trimmed()
  }

  private static func both(_ left: LuceneAutomaton, _ right: LuceneAutomaton, _ work: Work) throws(Fault)
    -> LuceneAutomaton
  {
    guard !left.isEmpty, !right.isEmpty else { return LuceneAutomaton() }
    struct Pair: Hashable {
      var left: Int
      var right: Int
    }
    var result = LuceneAutomaton()
    var places = [Pair(left: 0, right: 0): result.addState()]
    var pairs = [Pair(left: 0, right: 0)]
    var at = 0
    while at < pairs.count {
      let pair = pairs[at]
      result.accept(at, left.accepts[pair.left] && right.accepts[pair.right])
      for one in left.transitions[pair.left] {
        for other in right.transitions[pair.right] {
          try work.spend(1)
          guard one.range.overlaps(other.range) else { continue }
          try work.spend(3)
          let target = Pair(left: one.target, right: other.target)
          let place = places[target] ?? result.addState()
          if place == pairs.count {
            places[target] = place
            pairs.append(target)
          }
          try result.add(one.range.clamped(to: other.range), from: at, to: place)
        }
      }
      at += 1
    }
    return result.trimmed()
  }
}
