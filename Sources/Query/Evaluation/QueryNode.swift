/// A condition or a group of conditions in a `QuerySet`, named by its place there. Equal nodes are one.
struct QueryNode: Hashable, Sendable {
  enum Kind: UInt8, Sendable {
    case all, nothing, leaf, and, or, not
  }

  var kind: Kind
  /// The condition, for a leaf.
  var leaf: Int32 = 0
  /// Where the parts stand in `QueryNodes.parts`.
  var parts: Range<Int32> = 0..<0
}

/// The nodes of a set of queries, flat, so that walking them counts no references.
struct QueryNodes: Sendable {
  private(set) var nodes: [QueryNode] = []
  /// The parts of all groups, one group after another.
  private(set) var parts: [Int32] = []
  private var known: [Key: Int] = [:]

  private struct Key: Hashable {
    var kind: QueryNode.Kind
    var leaf: Int32
    var parts: [Int]
  }

  /// The place of a node, which is added when it is new.
  mutating func insert(_ kind: QueryNode.Kind, leaf: Int = 0, parts: [Int] = []) -> Int {
    let key = Key(kind: kind, leaf: Int32(leaf), parts: parts)
    if let place = known[key] { return place }
    let start = Int32(self.parts.count)
    self.parts += parts.map { Int32($0) }
    nodes.append(QueryNode(kind: kind, leaf: Int32(leaf), parts: start..<Int32(self.parts.count)))
    known[key] = nodes.count - 1
    return nodes.count - 1
  }
}

/// A query of a `QuerySet`.
public struct BoundQuery: Sendable {
  /// The place of its node in the set.
  let node: Int
}
