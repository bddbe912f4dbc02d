/// How Lucene makes an automaton deterministic, and what it takes.
extension LuceneAutomaton {
  /// The same where each character leads into one state: a set of those before.
  ///
  /// - Parameter effort: ten states of such sets count for one; where they reach it, Elasticsearch takes the expression for too complex.
  func deterministic(effort: Int, _ work: Work) throws(Fault) -> LuceneAutomaton {
    guard transitions.count > 1, !isDeterministic else { return self }
    let (limit, isOver) = effort.multipliedReportingOverflow(by: 10)
    var result = LuceneAutomaton()
    var sets: [[Int]] = [[0]]
    var places: [[Int]: Int] = [[0]: result.addState(accepts: accepts[0])]
    var spent = 0
    var at = 0
    while at < sets.count {
      let set = sets[at]
      spent += set.count
      if !isOver, spent >= limit { throw .tooComplex }
      var edges: [(point: UInt32, target: Int, change: Int)] = []
      for state in set {
        for next in transitions[state] {
          edges.append((next.range.lowerBound, next.target, 1))
          edges.append((next.range.upperBound + 1, next.target, -1))
        }
      }
      try work.spend(edges.count)
      edges.sort { $0.point < $1.point }
      var counts: [Int: Int] = [:]
      var last: UInt32 = 0
      for (place, edge) in edges.enumerated() {
        if place > 0, edge.point > last, !counts.isEmpty {
          try work.spend(counts.count)
          let target = counts.keys.sorted()
          let number = places[target] ?? result.addState(accepts: target.contains { accepts[$0] })
          if number == sets.count {
            places[target] = number
            sets.append(target)
          }
          try result.add(last...(edge.point - 1), from: at, to: number)
        }
        last = edge.point
        let count = counts[edge.target, default: 0] + edge.change
        counts[edge.target] = count == 0 ? nil : count
      }
      at += 1
    }
    return result
  }
}
