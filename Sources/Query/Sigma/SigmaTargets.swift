import Events

/// Where events have what a name of a rule stands for: some value of any of the targets will do.
public struct SigmaTargets: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
  public enum Target: Hashable, Sendable, ExpressibleByStringLiteral {
    case field(String)
    /// A field that has other values than the rule's for some of them; nil stands for no value.
    case values(String, [String: [String?]])
    /// Two fields that hold what stands before and behind a separator.
    case joined(String, String, by: String)
    /// A field for each algorithm, by its name in upper case, where the rule's value names it: `SHA1=…`.
    case hashes([String: String])

    public init(stringLiteral name: String) { self = .field(name) }

    /// The fields that it names.
    public var names: [String] {
      switch self {
      case .field(let name), .values(let name, _): [name]
      case .joined(let first, let second, _): [first, second]
      case .hashes(let fields): fields.values.sorted()
      }
    }

    /// The field that holds most of it, where one must stand for all.
    var main: String {
      switch self {
      case .field(let name), .values(let name, _), .joined(_, let name, _): name
      case .hashes(let fields): fields["SHA256"] ?? fields.values.sorted().first ?? ""
      }
    }
  }

  public var targets: [Target]

  public init(_ targets: [Target]) { self.targets = targets }
  public init(stringLiteral name: String) { self.init([.field(name)]) }
  public init(arrayLiteral elements: Target...) { self.init(elements) }

  /// The fields that are named.
  public var names: [String] { targets.flatMap(\.names) }

  /// The name of the field, where it is one that has the values of the rule.
  public var single: String? {
    if targets.count == 1, case .field(let name) = targets[0] { name } else { nil }
  }

  /// The fields that hold all of a value.
  public var wholes: [String] {
    targets.compactMap { target in
      switch target {
      case .field(let name), .values(let name, _): name
      case .joined, .hashes: nil
      }
    }
  }

  /// The field whose values are grouped and counted.
  public var main: String { targets.first?.main ?? "" }

  // MARK: Reading and writing

  /// Reads a name, a map of `field` and `values`, of `joined` and `by` or of `hashes`, or a list of such.
  public init(_ node: SigmaNode) throws(SigmaFault) {
    targets = []
    for element in node.list ?? [node] { targets.append(try Self.target(element)) }
    guard !targets.isEmpty else { throw SigmaFault("a field is mapped to no name", node.place) }
  }

  private static func target(_ node: SigmaNode) throws(SigmaFault) -> Target {
    if let name = node.text {
      guard !name.isEmpty else { throw SigmaFault("a field is mapped to a name that is empty", node.place) }
      return .field(name)
    }
    func only(_ keys: String...) throws(SigmaFault) {
      if let other = node.map?.first(where: { !keys.contains($0.key) }) {
        throw SigmaFault("`\(other.key.prefix(40))` is not known beside `\(keys[0])`", other.place)
      }
    }
    if let name = node["field"]?.text, !name.isEmpty {
      try only("field", "values")
      guard let members = node["values"]?.map, !members.isEmpty else {
        throw SigmaFault("`values` must be a map of the rule's values and those of events", node.place)
      }
      let values = members.map { ($0.key, ($0.value.list ?? [$0.value]).map(\.scalarText)) }
      return .values(name, Dictionary(values) { first, _ in first })
    }
    if let joined = node["joined"] {
      try only("joined", "by")
      let fields = (joined.list ?? []).compactMap(\.text).filter { !$0.isEmpty }
      guard joined.list?.count == 2, fields.count == 2, let separator = node["by"]?.scalarText, !separator.isEmpty
      else {
        throw SigmaFault("`joined` must be a list of two fields, and `by` what stands between their values", node.place)
      }
      return .joined(fields[0], fields[1], by: separator)
    }
    if let hashes = node["hashes"] {
      try only("hashes")
      var fields: [String: String] = [:]
      for member in hashes.map ?? [] {
        guard let name = member.value.text, !name.isEmpty else {
          throw SigmaFault("`hashes` must be a map of algorithms and fields", member.place)
        }
        fields[member.key.uppercased()] = name
      }
      guard !fields.isEmpty else { throw SigmaFault("`hashes` must be a map of algorithms and fields", hashes.place) }
      return .hashes(fields)
    }
    throw SigmaFault(
      "a field is mapped to a name, a map with `field`, `joined` or `hashes`, or a list of such, and here is "
        + node.kindName, node.place)
  }

  /// The same as it is read.
  public var node: SigmaNode {
    let nodes = targets.map(Self.node)
    return nodes.count == 1 ? nodes[0] : SigmaNode(.list(nodes))
  }

  private static func node(_ target: Target) -> SigmaNode {
    func text(_ text: String) -> SigmaNode { SigmaNode(.text(text)) }
    func map(_ members: [(String, SigmaNode)]) -> SigmaNode {
      SigmaNode(
        .map(members.map { SigmaNode.Member(key: $0, place: SigmaNode.Place(line: 1, column: 1), value: $1) }))
    }
    switch target {
    case .field(let name): return text(name)
    case .joined(let first, let second, let separator):
      return map([("joined", SigmaNode(.list([text(first), text(second)]))), ("by", text(separator))])
    case .hashes(let fields):
      return map([("hashes", map(fields.sorted { $0.key < $1.key }.map { ($0.key.lowercased(), text($0.value)) }))])
    case .values(let name, let values):
      let members = values.sorted { $0.key < $1.key }.map { value in
        let images = value.value.map { image in image.map(text) ?? SigmaNode(.null) }
        return (value.key, images.count == 1 ? images[0] : SigmaNode(.list(images)))
      }
      return map([("field", text(name)), ("values", map(members))])
    }
  }

  // MARK: Asking

  /// What is asked of the fields where a test is asked of the name.
  func expression(_ test: SigmaTest, _ place: SigmaNode.Place) throws(SigmaFault) -> SigmaExpression {
    var parts: [SigmaExpression] = []
    for target in targets {
      for part in try Self.parts(target, test, place) where !parts.contains(part) { parts.append(part) }
    }
    guard !parts.isEmpty else {
      throw SigmaFault(
        "a value names no hash that events have a field for: \(names.joined(separator: ", "))", place,
        isUnsupported: true)
    }
    return .some(parts)
  }

  private static func parts(
    _ target: Target, _ test: SigmaTest, _ place: SigmaNode.Place
  ) throws(SigmaFault) -> [SigmaExpression] {
    switch target {
    case .field(let name): return [.test(field: name, test)]
    case .values(let name, let values): return parts(name, values, test)
    case .hashes(let fields): return parts(fields, test)
    case .joined(let first, let second, let separator):
      switch test {
      case .pattern(let pattern):
        guard let splits = splits(pattern, separator) else {
          throw SigmaFault("a value with so many wildcards cannot be looked for in two fields of events", place)
        }
        return [.test(field: second, test)] + splits.map { both($0, first, second) }
      case .regex(let regex):
        guard !regex.pattern.contains(separator == "\\" ? "\\\\" : separator) else {
          throw SigmaFault(
            "a regular expression asks for what stands in two fields of events, `\(first)` and `\(second)`", place,
            isUnsupported: true)
        }
        return [.test(field: first, test), .test(field: second, test)]
      default: return [.test(field: second, test)]
      }
    }
  }

  /// What lengths of digits are hashes of, where the value does not say it.
  private static let algorithms = [32: ["MD5", "IMPHASH"], 40: ["SHA1"], 64: ["SHA256"], 128: ["SHA512"]]

  /// A value names its algorithm before `=` or `|`, or is told by its length; what is neither asks nothing of these fields.
  private static func parts(_ fields: [String: String], _ test: SigmaTest) -> [SigmaExpression] {
    guard case .pattern(let pattern) = test else {
      return test == .present ? fields.sorted { $0.key < $1.key }.map { .test(field: $0.value, test) } : []
    }
    if pattern.matchesEverything { return parts(fields, .present) }
    let parts = Array(pattern.parts.drop { $0 == .anyRun })
    guard case .literal(let text)? = parts.first else { return [] }
    let pieces = text.split(separator: text.contains("|") ? "|" : "=", omittingEmptySubsequences: false)
    if pieces.count == 2 {
      guard let field = fields[pieces[0].uppercased()] else { return [] }
      let rest = (pieces[1].isEmpty ? [] : [.literal(String(pieces[1]))]) + parts.dropFirst()
      guard !rest.isEmpty else { return [] }
      return [.test(field: field, .pattern(WildcardPattern(rest, ignoresCase: pattern.ignoresCase)))]
    }
    guard pieces.count == 1, parts.dropFirst().allSatisfy({ $0 == .anyRun }) else { return [] }
    let value = WildcardPattern([.literal(text)], ignoresCase: pattern.ignoresCase)
    return (algorithms[text.count] ?? []).compactMap { fields[$0] }.map { .test(field: $0, .pattern(value)) }
  }

  /// The value is asked for as it is too, save where it is one that events are known to write differently.
  private static func parts(_ name: String, _ values: [String: [String?]], _ test: SigmaTest) -> [SigmaExpression] {
    if case .present = test { return [.test(field: name, test)] }
    let matcher = SigmaMatcher(test)
    let found = values.keys.sorted().filter { value in
      var value = value
      return value.withUTF8 { matcher.matches(Scalar(.string, $0)) }
    }
    let images = found.flatMap { values[$0] ?? [] }.map { image -> SigmaExpression in
      guard let image else { return .absent(field: name) }
      return .test(field: name, .pattern(WildcardPattern([.literal(image)], ignoresCase: true)))
    }
    let isPlain = test.plainText != nil
    return isPlain && !images.isEmpty ? images : [.test(field: name, test)] + images
  }

  private static func both(
    _ split: (WildcardPattern, WildcardPattern), _ first: String, _ second: String
  ) -> SigmaExpression {
    if split.0.matchesEverything { return .test(field: second, .pattern(split.1)) }
    if split.1.matchesEverything { return .test(field: first, .pattern(split.0)) }
    return .and([.test(field: first, .pattern(split.0)), .test(field: second, .pattern(split.1))])
  }

  /// Wildcards of a pattern any of which may stand for a separator.
  private static let mostWildcards = 16

  /// What must stand before and behind a separator, in each way in which a whole that holds one may fit a pattern; nil where
  /// there are too many.
  private static func splits(
    _ pattern: WildcardPattern, _ separator: String
  ) -> [(WildcardPattern, WildcardPattern)]? {
    var found: [(WildcardPattern, WildcardPattern)] = []
    func add(_ before: [WildcardPattern.Part], _ behind: [WildcardPattern.Part]) {
      let split = [before, behind].map { WildcardPattern($0, ignoresCase: pattern.ignoresCase) }
      // A value is never empty.
      guard !split.contains(where: \.parts.isEmpty), !split.allSatisfy(\.matchesEverything) else { return }
      found.append((split[0], split[1]))
    }
    let pieces = pattern.parts.map { part -> [Substring] in
      if case .literal(let text) = part {
        text.split(separator: separator, omittingEmptySubsequences: false)
      } else {
        []
      }
    }
    // Neither field holds a separator: where one is written, it is the one.
    let count = pieces.reduce(0) { $0 + max($1.count - 1, 0) }
    guard count <= 1 else { return [] }
    if count == 0, pattern.parts.count > 2 * mostWildcards { return nil }
    for (at, part) in pattern.parts.enumerated() {
      let (before, behind) = (Array(pattern.parts[..<at]), Array(pattern.parts[(at + 1)...]))
      switch part {
      case .anyRun: if count == 0 { add(before + [.anyRun], [.anyRun] + behind) }
      case .anyCharacter: if count == 0 { add(before, behind) }
      case .literal:
        guard pieces[at].count == 2 else { continue }
        add(before + [.literal(String(pieces[at][0]))], [.literal(String(pieces[at][1]))] + behind)
      }
    }
    return found
  }
}

extension SigmaExpression {
  /// The same of the fields of events, where names stand for several.
  func placed(
    _ names: [String: SigmaTargets], _ place: SigmaNode.Place
  ) throws(SigmaFault) -> SigmaExpression {
    guard !names.isEmpty else { return self }
    func all(_ parts: [SigmaExpression]) throws(SigmaFault) -> [SigmaExpression] {
      var placed: [SigmaExpression] = []
      for part in parts { placed.append(try part.placed(names, place)) }
      return placed
    }
    switch self {
    case .and(let parts): return .and(try all(parts))
    case .or(let parts): return .or(try all(parts))
    case .not(let part): return .not(try part.placed(names, place))
    case .test(nil, _): return self
    case .test(let field?, let test): return try names[field]?.expression(test, place) ?? self
    case .absent(let field):
      guard let targets = names[field] else { return self }
      return .every(targets.names.map { .absent(field: $0) })
    case .reference(let field, let other, let agreement, let isCased):
      func reference(_ one: String, _ two: String) -> SigmaExpression {
        .reference(field: one, other: two, agreement, isCased: isCased)
      }
      let (targets, others) = (names[field] ?? [.field(field)], names[other] ?? [.field(other)])
      var parts: [SigmaExpression] = []
      for case .joined(let first, let second, let separator) in targets.targets where agreement == .equal {
        for case .joined(let otherFirst, let otherSecond, separator) in others.targets {
          parts.append(.and([reference(first, otherFirst), reference(second, otherSecond)]))
        }
      }
      for one in targets.wholes { parts += others.wholes.map { reference(one, $0) } }
      // What is kept in parts alone can be equal to no other field.
      guard !parts.isEmpty else {
        let kept = targets.wholes.isEmpty ? (field, targets) : (other, others)
        throw SigmaFault(
          "events have `\(kept.0.prefix(60))` in parts, \(kept.1.names.joined(separator: ", ")), which are not compared "
            + "with another field", place, isUnsupported: true)
      }
      return .some(parts)
    }
  }

  /// The fields that something is asked of under `not`.
  public var negatedFields: Set<String> {
    var found: Set<String> = []
    collectNegated(false, &found)
    return found
  }

  private func collectNegated(_ isNegated: Bool, _ found: inout Set<String>) {
    switch self {
    case .and(let parts), .or(let parts): for part in parts { part.collectNegated(isNegated, &found) }
    case .not(let part): part.collectNegated(!isNegated, &found)
    case .test, .reference: if isNegated { found.formUnion(fields) }
    case .absent(let field): if !isNegated { found.insert(field) }
    }
  }
}
