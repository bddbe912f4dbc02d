import Query

/// The names that Sigma's documents use, and those that events have.
enum SigmaNames {
  /// A detection with the names that its fields have in events.
  static func renamed(_ node: SigmaNode, _ mapping: SigmaMapping) -> SigmaNode {
    guard !mapping.fields.isEmpty || mapping.prefix != nil else { return node }
    func item(_ member: SigmaNode.Member) -> SigmaNode.Member {
      var parts = member.key.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      var copy = member
      if !parts[0].isEmpty { parts[0] = name(parts[0], mapping) }
      copy.key = parts.joined(separator: "|")
      guard parts.contains("fieldref") else { return copy }
      func reference(_ node: SigmaNode) -> SigmaNode {
        node.text.map { SigmaNode(.text(name($0, mapping)), node.place) } ?? node
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

  /// True where two items of a map would have the same key with the names that their fields have in events.
  static func collide(_ node: SigmaNode, _ mapping: SigmaMapping) -> Bool {
    func holdsTwice(_ node: SigmaNode) -> Bool {
      if let members = node.map { return Set(members.map(\.key)).count < members.count }
      return (node.list ?? []).contains(where: holdsTwice)
    }
    return (renamed(node, mapping).map ?? []).contains { member in
      member.key != "condition" && member.key != "timeframe" && holdsTwice(member.value)
    }
  }

  /// What a name stands for that a detection keeps as it is; nil where events have it under that name.
  ///
  /// - Parameter all: no name was changed, so that those of single fields are kept too.
  static func targets(_ name: String, _ mapping: SigmaMapping, all: Bool) -> SigmaTargets? {
    if let targets = mapping.fields[name] { return all || targets.single == nil ? targets : nil }
    let real = mapping.name(name)
    return all && real != name ? SigmaTargets([.field(real)]) : nil
  }

  /// The name of a field in events; one that stands for several, or for other values, stays.
  private static func name(_ field: String, _ mapping: SigmaMapping) -> String {
    if let targets = mapping.fields[field], targets.single == nil { return field }
    return mapping.name(field)
  }

  /// The items of a detection by the fields that they name, fields that `fieldref` refers to among them, with their places.
  static func fields(_ node: SigmaNode) -> [(name: String, place: SigmaNode.Place)] {
    var found: [(name: String, place: SigmaNode.Place)] = []
    func visit(_ node: SigmaNode) {
      for element in node.list ?? [] { visit(element) }
      for member in node.map ?? [] {
        let name = String(member.key.prefix { $0 != "|" })
        if !name.isEmpty { found.append((name, member.place)) }
        if SigmaItem.modifiers(member.key).contains("fieldref") {
          for value in member.value.list ?? [member.value] { found += value.text.map { [($0, value.place)] } ?? [] }
        }
      }
    }
    for member in node.map ?? [] where member.key != "condition" && member.key != "timeframe" { visit(member.value) }
    return found
  }

  /// The fields that are compared with others, with their places.
  static func compared(_ node: SigmaNode) -> [(name: String, place: SigmaNode.Place)] {
    var found: [(name: String, place: SigmaNode.Place)] = []
    func visit(_ node: SigmaNode) {
      for element in node.list ?? [] { visit(element) }
      for member in node.map ?? [] where SigmaItem.modifiers(member.key).contains("fieldref") {
        found.append((String(member.key.prefix { $0 != "|" }), member.place))
        for value in member.value.list ?? [member.value] { found += value.text.map { [($0, value.place)] } ?? [] }
      }
    }
    for member in node.map ?? [] where member.key != "condition" && member.key != "timeframe" { visit(member.value) }
    return found
  }

  /// The items that ask whether there is a field, with their places.
  static func presences(_ node: SigmaNode) -> [(key: String, place: SigmaNode.Place)] {
    var found: [(key: String, place: SigmaNode.Place)] = []
    func visit(_ node: SigmaNode) {
      for element in node.list ?? [] { visit(element) }
      for member in node.map ?? [] where SigmaItem.modifiers(member.key).contains("exists") {
        found.append((member.key, member.place))
      }
    }
    for member in node.map ?? [] where member.key != "condition" && member.key != "timeframe" { visit(member.value) }
    return found
  }

  /// The names of placeholders, as Sigma calls what stands between percent signs in values with the modifier `expand`.
  static func placeholders(_ node: SigmaNode) -> Set<String> {
    var found: Set<String> = []
    func visit(_ node: SigmaNode, expands: Bool) {
      switch node.content {
      case .map(let members):
        for member in members {
          visit(member.value, expands: SigmaItem.modifiers(member.key).contains("expand"))
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
