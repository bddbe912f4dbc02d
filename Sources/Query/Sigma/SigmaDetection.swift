/// The `detection` of a Sigma rule: search identifiers and how they are joined.
public struct SigmaDetection: Sendable {
  /// What it asks of an event.
  public let expression: SigmaExpression
  /// Search identifiers that no condition names, with their places.
  public let unused: [(name: String, place: SigmaNode.Place)]
  /// Items whose `all` has nothing to join, by their keys, with their places.
  public let idleAll: [(key: String, place: SigmaNode.Place)]

  private static let mostIdentifiers = 2000

  /// Reads a detection.
  ///
  /// - Parameters:
  ///   - node: the map of search identifiers with its `condition`.
  ///   - placeholders: by name the values of placeholders, which is Sigma's word for `%name%` in values with the modifier `expand`.
  ///   - targets: the fields of events that names stand for which are not those of events themselves.
  public init(
    _ node: SigmaNode, placeholders: [String: [String]] = [:], targets: [String: SigmaTargets] = [:]
  ) throws(SigmaFault) {
    guard let members = node.map else {
      throw SigmaFault("`detection` must be a map, and is \(node.kindName)", node.place)
    }
    guard members.count <= Self.mostIdentifiers else {
      throw SigmaFault("the detection has more than \(Self.mostIdentifiers) search identifiers", node.place)
    }
    let identifiers = members.filter { $0.key != "condition" && $0.key != "timeframe" }
    guard let condition = node["condition"] else { throw SigmaFault("the detection has no `condition`", node.place) }
    guard !identifiers.isEmpty else { throw SigmaFault("the detection has no search identifier", node.place) }
    var expressions: [String: SigmaExpression] = [:]
    var idle: [(key: String, place: SigmaNode.Place)] = []
    for member in identifiers {
      expressions[member.key] = try Self.identifier(member.value, member.key, placeholders)
      Self.collectIdle(member.value, &idle)
    }
    let conditions = condition.list ?? [condition]
    guard !conditions.isEmpty else { throw SigmaFault("`condition` is empty", condition.place) }
    var used: Set<String> = []
    var parts: [SigmaExpression] = []
    for one in conditions {
      guard let text = one.scalarText else {
        throw SigmaFault("`condition` must be a text, and is \(one.kindName)", one.place)
      }
      let all = expressions
      let read = try SigmaCondition.read(text, one.place, names: identifiers.map(\.key)) { name throws(SigmaFault) in
        guard let found = all[name] else { throw SigmaFault("there is no search identifier “\(name)”", one.place) }
        return found
      }
      parts.append(read.expression)
      used.formUnion(read.used)
    }
    expression = try SigmaExpression.some(parts).placed(targets, node.place)
    unused = identifiers.filter { !used.contains($0.key) }.map { ($0.key, $0.place) }
    idleAll = idle
    try Self.checkSize(expression, node.place)
  }

  /// Reads what must be true of all events of a log source: a search identifier without a name.
  public init(source: SigmaNode, placeholders: [String: [String]] = [:]) throws(SigmaFault) {
    let condition = SigmaNode(.text("source"), source.place)
    let members = [("source", source), ("condition", condition)].map {
      SigmaNode.Member(key: $0, place: source.place, value: $1)
    }
    try self.init(SigmaNode(.map(members), source.place), placeholders: placeholders)
  }

  /// A bound on what the condition comes to, in which an identifier may stand many times.
  private static let mostParts = 100_000

  private static func checkSize(_ expression: SigmaExpression, _ place: SigmaNode.Place) throws(SigmaFault) {
    var left = mostParts
    var pending = [expression]
    while let next = pending.popLast() {
      left -= 1
      guard left > 0 else { throw SigmaFault("the detection comes to more than \(mostParts) conditions", place) }
      switch next {
      case .and(let parts), .or(let parts): pending += parts
      case .not(let part): pending.append(part)
      default: break
      }
    }
  }

  private static func collectIdle(_ node: SigmaNode, _ idle: inout [(key: String, place: SigmaNode.Place)]) {
    for element in node.list ?? [node] {
      for member in element.map ?? [] where SigmaItem.modifiers(member.key).contains("all") {
        if (member.value.list?.count ?? 1) < 2 { idle.append((member.key, member.place)) }
      }
    }
  }

  /// What a search identifier asks: a map all of its items, a list one of its elements.
  private static func identifier(
    _ node: SigmaNode, _ name: String, _ placeholders: [String: [String]]
  ) throws(SigmaFault) -> SigmaExpression {
    switch node.content {
    case .map(let members):
      guard !members.isEmpty else { throw SigmaFault("the search identifier “\(name)” is empty", node.place) }
      return try map(members, placeholders)
    case .list(let elements):
      guard !elements.isEmpty else { throw SigmaFault("the search identifier “\(name)” is empty", node.place) }
      var parts: [SigmaExpression] = []
      for element in elements {
        switch element.content {
        case .map(let members):
          guard !members.isEmpty else {
            throw SigmaFault("the search identifier “\(name)” holds an empty map", element.place)
          }
          parts.append(try map(members, placeholders))
        case .list: parts.append(try identifier(element, name, placeholders))
        default: parts.append(try SigmaItem("", element.place, placeholders).expression(element))
        }
      }
      return .some(parts)
    default: return try SigmaItem("", node.place, placeholders).expression(node)
    }
  }

  private static func map(
    _ members: [SigmaNode.Member], _ placeholders: [String: [String]]
  ) throws(SigmaFault) -> SigmaExpression {
    var parts: [SigmaExpression] = []
    for member in members {
      parts.append(try SigmaItem(member.key, member.place, placeholders).expression(member.value))
    }
    return .every(parts)
  }
}
