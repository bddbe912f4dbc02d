import Events

extension QueryEvaluator {
  /// What must be so of an execution's time for a row of the current batch to satisfy a query of a set without a time.
  public func condition(_ query: BoundQuery, row: Int) -> TimeCondition { condition(node: query.node, row) }

  private func condition(node place: Int, _ row: Int) -> TimeCondition {
    guard queries.openNodes.contains(place) else { return evaluate(place).contains(row) ? .always : .never }
    let node = queries.nodes.nodes[place]
    let parts = node.parts.map { Int(queries.nodes.parts[Int($0)]) }
    switch node.kind {
    case .all: return .always
    case .nothing: return .never
    case .leaf: return condition(leaf: Int(node.leaf), row)
    case .and: return .every(parts.map { condition(node: $0, row) })
    case .or: return .some(parts.map { condition(node: $0, row) })
    case .not: return .every(parts.map { condition(node: $0, row).opposite })
    }
  }

  private func condition(leaf: Int, _ row: Int) -> TimeCondition {
    guard let batch else { return .never }
    let bound = queries.leaves[leaf]
    switch bound.selector {
    case .nested(let path, let nested):
      guard let objects = batch.nested[path] else { return .never }
      let evaluator = inner[leaf] ?? QueryEvaluator(nested.set)
      inner[leaf] = evaluator
      evaluator.begin(objects.batch)
      let mine = objects.parents.indices.filter { Int(objects.parents[$0]) == row }
      return .some(mine.map { evaluator.condition(nested.query, row: $0) })
    // Times within such conditions are never left open.
    case .condition, .index: return .never
    case .column(_, .never), .object: return .never
    case .column(let column, let matcher):
      return condition(bound, matcher.dateFormat, Self.times(batch.columns[column], matcher.dateFormat, row))
    case .matching, .any:
      // Fields of other types take the value as it is written.
      if let rows = fieldsRows(leaf), rows.contains(row) { return .always }
      var parts: [DateFormat?: [Int64]] = [:]
      forEachField(of: leaf) { _, column, way in
        guard way.type.holdsTimes else { return }
        let format = way.type.dateFormat
        parts[format, default: []] += Self.times(batch.columns[column], format, row)
      }
      return .some(
        parts.sorted { ($0.key?.text ?? "") < ($1.key?.text ?? "") }.map { condition(bound, $0.key, $0.value) })
    }
  }

  private func condition(_ leaf: QuerySet.Leaf, _ format: DateFormat?, _ times: [Int64]) -> TimeCondition {
    guard case .test(let test) = leaf.condition, !times.isEmpty else { return .never }
    return .value(of: times, test, format)
  }

  /// The times of a row, in milliseconds since the epoch.
  private static func times(_ column: Column, _ format: DateFormat?, _ row: Int) -> [Int64] {
    column.distinctCodes(row: row).compactMap { code in
      column.dictionary.withValue(code) { ValueMatcher.date($0, format)?.milliseconds }
    }
  }
}
