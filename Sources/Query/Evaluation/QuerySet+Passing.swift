import Events

/// What is known of the values of a batch without looking at it.
public protocol ValueKnowledge {
  /// The data stream that all rows belong to; nil where it is not one.
  var dataStream: String? { get }
  /// False where the column of a path has no value in any row.
  func hasColumn(_ path: String) -> Bool
  /// False where no row has a value of just these bytes in the column of a path; true in doubt.
  func mayHold(_ text: [UInt8], in path: String) -> Bool
}

extension ValueKnowledge {
  public var dataStream: String? { nil }
}

extension QuerySet {
  /// False where no row of a batch can satisfy a query, as far as what is known of its values tells; true in doubt.
  public func mayMatch(_ query: BoundQuery, _ known: some ValueKnowledge) -> Bool { mayMatch(query.node, known) }

  private func mayMatch(_ place: Int, _ known: some ValueKnowledge) -> Bool {
    let node = nodes.nodes[place]
    var parts: some Sequence<Int> { node.parts.lazy.map { Int(nodes.parts[Int($0)]) } }
    switch node.kind {
    // What is known says only what is not there.
    case .all, .not: return true
    case .nothing: return false
    case .and: return parts.allSatisfy { mayMatch($0, known) }
    case .or: return parts.contains { mayMatch($0, known) }
    case .leaf:
      if case .index(let names, nil) = leaves[Int(node.leaf)].selector {
        return known.dataStream.map(names.matches) ?? true
      }
      guard case .column(let column, let matcher) = leaves[Int(node.leaf)].selector else { return true }
      let path = plan.paths[column]
      if case .never = matcher { return false }
      // Alerts have the values under the name of the field that this is another name of.
      return ([path] + [AlertAliases.target(of: path)].compactMap(\.self)).contains { path in
        if case .equal(let text) = matcher { return known.mayHold(text, in: path) }
        return known.hasColumn(path)
      }
    }
  }
}
