import Events

/// A fault in a condition about a row of a batch, which then does not meet it.
public struct RowFault: Hashable, Sendable {
  public var row: Int
  public var fault: EvaluationFault
}

extension QueryEvaluator {
  /// What failed in the current batch of that on which it hangs whether a row satisfies a query, a bounded number.
  ///
  /// It is the same whatever else was asked and however events are put into batches.
  public func faults(of query: BoundQuery) -> [RowFault] {
    guard let batch, !faulty.isEmpty else { return [] }
    var found: [RowFault] = []
    for leaf in leaves(below: query.node) {
      guard let faults = faulty[leaf] else { continue }
      let (with, without) = (rows(query.node, leaf, is: .all), rows(query.node, leaf, is: .none))
      found += faults.filter { $0.row < batch.rowCount && with.contains($0.row) != without.contains($0.row) }
    }
    return found
  }

  private func leaves(below place: Int) -> Set<Int> {
    let node = queries.nodes.nodes[place]
    switch node.kind {
    case .all, .nothing: return []
    case .leaf: return [Int(node.leaf)]
    case .and, .or, .not:
      return node.parts.reduce(into: []) { $0.formUnion(leaves(below: Int(queries.nodes.parts[Int($1)]))) }
    }
  }

  /// The rows that satisfy a node, were the answer to one leaf another.
  private func rows(_ place: Int, _ leaf: Int, is answer: RowSet) -> RowSet {
    let node = queries.nodes.nodes[place]
    func part(_ at: Int32) -> RowSet { rows(Int(queries.nodes.parts[Int(at)]), leaf, is: answer) }
    switch node.kind {
    case .all: return .all
    case .nothing: return .none
    case .leaf: return Int(node.leaf) == leaf ? answer : evaluate(place)
    case .and:
      var rows = RowSet.all
      for at in node.parts { rows.intersect(part(at)) }
      return rows
    case .or:
      var rows = RowSet.none
      for at in node.parts { rows.unite(part(at)) }
      return rows
    case .not:
      var rows = part(node.parts.lowerBound)
      rows.invert()
      return rows
    }
  }
}
