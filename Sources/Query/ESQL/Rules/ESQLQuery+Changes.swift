extension ESQLQuery {
  /// A query that differs from one in a single place.
  public struct Change: Sendable {
    /// What was changed, for a person.
    public var text: String
    public var query: String
  }

  /// Up to `limit` changes of the conditions of `WHERE` and of what `STATS` groups by, in their order: a condition or an alternative
  /// left out or turned round, `and` and `or` exchanged, an entry of a list left out, a bound moved, a key left out. Texts that come out
  /// the same are given once.
  public func changes(limit: Int) -> [Change] {
    var maker = ESQLQueryChanges(text: text, limit: limit)
    for command in allCommands {
      switch command.form {
      case .filter(let term): maker.visit(term, leftOut: "true")
      case .stats(let aggregates, let keys, _): maker.dropKeys(keys, behind: aggregates)
      default: break
      }
    }
    return maker.found
  }
}

/// Makes texts of queries that differ in one place.
private struct ESQLQueryChanges {
  let text: [Unicode.Scalar]
  let limit: Int
  private(set) var found: [ESQLQuery.Change] = []
  private var seen: Set<String>

  /// How long a part is quoted at most, in characters.
  private static let quoted = 160

  init(text: [Unicode.Scalar], limit: Int) {
    self.text = text
    self.limit = limit
    seen = [String(scalars: text[...])]
  }

  private func written(_ range: Range<Int>) -> String { String(scalars: text[range]) }

  /// A part of the query on one line.
  private func quote(_ text: String) -> String {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count > Self.quoted ? "`\(words.prefix(Self.quoted))…`" : "`\(words)`"
  }

  private mutating func add(_ change: String, _ range: Range<Int>, _ replacement: String) {
    guard found.count < limit else { return }
    let query = written(0..<range.lowerBound) + replacement + written(range.upperBound..<text.count)
    if seen.insert(query).inserted { found.append(ESQLQuery.Change(text: change, query: query)) }
  }

  private mutating func replace(_ range: Range<Int>, by new: String, shown: String? = nil) {
    add("\(quote(shown ?? new)) in place of \(quote(written(range)))", range, new)
  }

  /// - Parameter leftOut: what stands for a condition that is left out: true among others that must hold, false among
  ///   alternatives.
  mutating func visit(_ term: ESQLTerm, leftOut: String) {
    let reach = term.reach
    switch term.form {
    case .and: visitParts(Self.parts(of: term, isAnd: true), reach, isAnd: true, leftOut)
    case .or: visitParts(Self.parts(of: term, isAnd: false), reach, isAnd: false, leftOut)
    case .not(let inner):
      add("without \(quote(written(reach)))", reach, leftOut)
      // Of `x NOT IN (…)` the words of what is denied do not stand by themselves.
      let isWithin = inner.reach.lowerBound == term.range.lowerBound
      let opposite = isWithin ? "NOT " + written(reach) : written(inner.reach)
      replace(reach, by: isWithin ? "NOT (" + written(reach) + ")" : "(" + opposite + ")", shown: opposite)
      switch inner.form {
      case .and, .or: visit(inner, leftOut: leftOut)
      default: visitInner(of: inner)
      }
    default:
      add("without \(quote(written(reach)))", reach, leftOut)
      replace(reach, by: "NOT (" + written(reach) + ")", shown: "NOT " + written(reach))
      visitInner(of: term)
    }
  }

  /// What a chain of one operator joins.
  private static func parts(of term: ESQLTerm, isAnd: Bool) -> [ESQLTerm] {
    switch term.form {
    case .and(let left, let right) where isAnd, .or(let left, let right) where !isAnd:
      parts(of: left, isAnd: isAnd) + parts(of: right, isAnd: isAnd)
    default: [term]
    }
  }

  private mutating func visitParts(_ parts: [ESQLTerm], _ reach: Range<Int>, isAnd: Bool, _ leftOut: String) {
    // A chain of the other kind may be left out as a whole; a lone one has nothing beside it.
    if isAnd == (leftOut == "false") { add("without \(quote(written(reach)))", reach, leftOut) }
    for part in parts { visit(part, leftOut: isAnd ? "true" : "false") }
    let words = (isAnd ? "or" : "and", isAnd ? "and" : "or")
    let new = parts.map { "(" + written($0.reach) + ")" }.joined(separator: " " + words.0 + " ")
    add("`\(words.0)` in place of `\(words.1)` in \(quote(written(reach)))", reach, "(" + new + ")")
  }

  /// Changes within a condition that is no conjunction of others.
  private mutating func visitInner(of term: ESQLTerm) {
    switch term.form {
    case .among(_, let list): dropEach(list.map(\.reach), of: term.reach)
    case .like(_, let patterns, _): dropEach(patterns.map(\.range), of: term.reach)
    case .comparison(let kind, let left, let right):
      let signs: [ComparisonOperator: (own: String, other: String)] = [
        .less: ("<", "<="), .lessOrEqual: ("<=", "<"), .greater: (">", ">="), .greaterOrEqual: (">=", ">"),
      ]
      guard let sign = signs[kind] else { return }
      func whole(_ sign: String, _ value: String) -> String {
        written(left.reach) + " " + sign + " " + value
      }
      let inner = left.reach.lowerBound..<right.reach.upperBound
      replace(inner, by: whole(sign.other, written(right.reach)))
      guard case .literal(let cell, _) = right.form, case .whole(let number)? = cell.single, number > .min,
        number < .max
      else { return }
      for value in [number - 1, number + 1] { replace(inner, by: whole(sign.own, String(value))) }
    default: break
    }
  }

  /// Leaves out one entry of a list after another, where more are left.
  private mutating func dropEach(_ entries: [Range<Int>], of whole: Range<Int>) {
    guard entries.count > 1, let first = entries.first, let last = entries.last else { return }
    for entry in entries {
      let rest = entries.filter { $0 != entry }.map(written).joined(separator: ", ")
      add(
        "without \(quote(written(entry))) in \(quote(written(whole)))", first.lowerBound..<last.upperBound, rest)
    }
  }

  mutating func dropKeys(_ keys: [ESQLField], behind aggregates: [ESQLField]) {
    guard let first = keys.first, let last = keys.last else { return }
    func end(_ field: ESQLField) -> Int { max(field.range.upperBound, field.condition?.reach.upperBound ?? 0) }
    guard keys.count > 1 else {
      if let before = aggregates.last {
        add("groups without \(quote(written(first.range)))", end(before)..<end(last), "")
      }
      return
    }
    for (place, key) in keys.enumerated() {
      let rest = keys.indices.filter { $0 != place }.map { written(keys[$0].range) }.joined(separator: ", ")
      add("groups without \(quote(written(key.range)))", first.range.lowerBound..<end(last), rest)
    }
  }
}
