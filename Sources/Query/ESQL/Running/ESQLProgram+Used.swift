extension ESQLProgram {
  /// The first columns, fields and then metadata, that decide what the query gives: others need not be read.
  ///
  /// Behind `STATS` only what it groups by and gathers counts. What a column was made of is used where the column is.
  static func usedColumns(_ steps: [ESQLStep], count: Int) -> Set<Int> {
    var used: Set<Int> = []
    let origins = origins(of: steps, (0..<count).map { [$0] }, &used)
    return origins.reduce(into: used) { $0.formUnion($1) }
  }

  /// What the columns behind some steps were made of, by those before them; what decides which rows there are goes into `used`.
  private static func origins(
    of steps: [ESQLStep], _ first: [Set<Int>], _ used: inout Set<Int>
  ) -> [Set<Int>] {
    var origins = first
    func all(_ places: some Sequence<Int>) -> Set<Int> {
      // What lies behind the columns are full-text conditions.
      places.reduce(into: []) { if $1 < origins.count { $0.formUnion(origins[$1]) } }
    }
    for step in steps {
      switch step {
      case .filter(let condition), .narrow(let condition): used.formUnion(all(condition.columns))
      case .union(let union):
        var joined = union.types.map { _ in Set<Int>() }
        for branch in union.branches {
          let ends = Self.origins(of: branch.steps, branch.input.map { origins[$0] }, &used)
          for (place, column) in branch.output.enumerated() {
            if let column { joined[place].formUnion(ends[column]) }
          }
        }
        origins = joined
      case .append(let expression): origins.append(all(expression.columns))
      case .select(let chosen): origins = chosen.map { origins[$0] }
      // How many rows there are depends on it.
      case .expand(let place): used.formUnion(origins[place])
      case .extract(let expression, let extractor):
        let read = all(expression.columns)
        origins += extractor.columns.map { _ in read }
      case .enrich(let lookup), .join(let lookup):
        let keys = all(lookup.keys)
        if case .join = step { used.formUnion(keys) }
        origins += lookup.taking.map { _ in keys }
      case .sort(let keys): used.formUnion(all(keys.map(\.column)))
      case .limit, .refused: break
      case .limitBy(_, let columns): used.formUnion(all(columns))
      case .stats(let stats), .inlineStats(let stats):
        let keys = all(stats.keys.flatMap(\.columns))
        used.formUnion(keys)
        for call in stats.aggregates {
          used.formUnion(all(call.arguments.flatMap(\.columns)))
          used.formUnion(all(call.condition?.columns ?? []))
        }
        // What is gathered has no origin but what is used already.
        if case .stats = step { origins = [] }
        origins += [Set<Int>](repeating: [], count: stats.outputs.count + stats.keys.count)
      case .changePoint(let changes):
        used.formUnion(all([changes.value] + changes.groups))
        origins += [origins[changes.value], origins[changes.value]]
      }
    }
    return origins
  }

  /// Metadata that the query's answer depends on.
  public var usedMetadata: [String] {
    metadata.indices.filter { used.contains(fields.count + $0) }.map { metadata[$0] }
  }
}
