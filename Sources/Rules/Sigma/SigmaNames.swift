import Query

/// The names that Sigma's documents use, and those that events have.
enum SigmaNames {
  /// A detection with the names that its fields have in events.
  static func renamed(_ node: SigmaNode, _ mapping: SigmaMapping) -> SigmaNode {
    guard !mapping.fields.isEmpty || mapping.prefix != nil else { return node }
    func item(_ member: SigmaNode.Member) -> SigmaNode.Member {
      var parts = member.key.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      var copy = member
      if !parts[0].isEmpty { parts[0] = mapping.name(parts[0]) }
      copy.key = parts.joined(separator: "|")
      guard parts.contains("fieldref") else { return copy }
      func reference(_ node: SigmaNode) -> SigmaNode {
        node.text.map { SigmaNode(.text(mapping.name($0)), node.place) } ?? node
      }
      copy.value =
        member.value.list.map { SigmaNode(.list($0.map(reference)), member.value.place) } ?? reference(member.value)
      return copy
    }
    func identifier(_ node: SigmaNode) -> SigmaNode {
      switch node.content {
      case .map(let members): SigmaNode(.map(members.map(item)), node.place)
      case .list(let elements):
        SigmaNode(.list(elements.map { $0.map == nil && $0.list == nil ? $0 : identifier($0) }), node.place)
      default: node
      }
    }
    let members = (node.map ?? []).map { member in
      guard member.key != "condition", member.key != "timeframe" else { return member }
      var copy = member
      copy.value = identifier(member.value)
      return copy
    }
    return SigmaNode(.map(members), node.place)
  }

  /// The names of placeholders, as Sigma calls what stands between percent signs in values with the modifier `expand`.
  static func placeholders(_ node: SigmaNode) -> Set<String> {
    var found: Set<String> = []
    func visit(_ node: SigmaNode, expands: Bool) {
      switch node.content {
      case .map(let members):
        for member in members {
          visit(member.value, expands: member.key.split(separator: "|").dropFirst().contains("expand"))
        }
      case .list(let elements): for element in elements { visit(element, expands: expands) }
      case .text(let text) where expands:
        let parts = text.split(separator: "%", omittingEmptySubsequences: true)
        found.formUnion(parts.map(String.init))
      default: break
      }
    }
    visit(node, expands: false)
    return found
  }
}
