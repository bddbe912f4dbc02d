extension SearchMaker {
  mutating func clause(depth: Int) -> ClauseTree {
    if depth > 0, chance(2, in: 5) {
      return chance(1, in: 8) ? .nested(inside(depth: 1)) : .bool(bool(depth: depth, inside: false))
    }
    switch Int.random(in: 0..<20, using: &random) {
    case 0: return any([.all, .none])
    case 1: return .ids([any(["e1", "e2", "e3", "d1", "d2", "nobody"]), any(["e0", "d0"])])
    case 2: return terms()
    case 3, 4: return .several(several())
    case 5, 6: return .string(tree(depth: 1), settings())
    case 7, 8:
      return .simple(simple(depth: 1), fields: chance(1, in: 3) ? nil : fields(), requiresAll: chance(1, in: 2))
    default:
      let field = field()
      let (ask, isLenient) = asked(field)
      return .ask(ask, field: field, isLenient: isLenient)
    }
  }

  private mutating func fields() -> [String] { (0..<any([1, 2, 3])).map { _ in field() } }

  private mutating func terms() -> ClauseTree {
    let field = field()
    return .terms((0..<any([1, 2, 3])).map { _ in value(field) }, field: field)
  }

  /// A clause on the fields of the objects of `n`.
  private mutating func inside(depth: Int) -> ClauseTree {
    if depth > 0, chance(1, in: 2) { return .bool(bool(depth: depth, inside: true)) }
    let field = any(["n.k", "n.t", "n.i", "n.k", "x.k"])
    let (ask, isLenient) = asked(field)
    return .ask(ask, field: field, isLenient: isLenient)
  }

  private mutating func bool(depth: Int, inside: Bool) -> ClauseTree.Bool {
    func parts(_ counts: [Int], _ maker: inout SearchMaker) -> [ClauseTree] {
      (0..<maker.any(counts)).map { _ in inside ? maker.inside(depth: depth - 1) : maker.clause(depth: depth - 1) }
    }
    var bool = ClauseTree.Bool()
    bool.must = parts([0, 0, 0, 1], &self)
    bool.filter = parts([0, 0, 1, 1, 2], &self)
    bool.should = parts([0, 0, 1, 2, 3, 4], &self)
    bool.mustNot = parts([0, 0, 0, 1], &self)
    if bool.must.isEmpty, bool.filter.isEmpty, bool.should.isEmpty, bool.mustNot.isEmpty { bool.filter = [.all] }
    if chance(1, in: 3) { bool.least = least() }
    return bool
  }

  private mutating func least() -> SearchLeast {
    let plain: SearchLeast =
      chance(1, in: 2) ? .count(any([0, 1, 2, 3, -1, -2])) : .percent(any([50, 75, 100, 34, -25, -50]))
    return chance(1, in: 5) ? .above(any([1, 2, 3]), plain) : plain
  }

  private mutating func words(_ field: String?) -> String {
    let first = value(field)
    return chance(1, in: 2) ? first : first + " " + value(field)
  }

  private mutating func need(_ field: String?) -> SearchNeed {
    var need = SearchNeed()
    need.all = chance(1, in: 3)
    if chance(1, in: 3) { need.least = least() }
    if chance(1, in: 3), knowsLetters(field) { need.edits = edits() }
    if need.edits != nil, chance(1, in: 3) { need.fixed = any([1, 2]) }
    return need
  }

  private mutating func asked(_ field: String) -> (SearchAsk, isLenient: Bool) {
    let kind = Int.random(in: 0..<14, using: &random)
    switch [5, 6, 7, 11].contains(kind) && !knowsLetters(field) ? 12 : kind {
    case 0, 1, 2: return (.words(words(field), need(field)), chance(1, in: 4))
    case 3:
      var need = need(field)
      need.isPrefix = true
      return (.words(words(field), need), false)
    case 4: return (.phrase(phrase(field), moves: any([0, 0, 1, 2])), false)
    case 5 where SearchFields.kind(field) != .unmapped: return (.phrasePrefix(words(field)), false)
    case 6: return (.pattern(SearchPattern(pieces: pieces(field), ignoresCase: chance(1, in: 3), form: .clause)), false)
    case 7: return (.regex(regex(field), ignoresCase: chance(1, in: 3)), false)
    case 8, 9: return (.range(range(field, isLowered: false)), false)
    case 10: return (.exists, false)
    case 11: return (.fuzzy(value(field), edits: any([0, 1, 2]), fixed: any([0, 0, 1]), isLowered: false), false)
    default: return (.term(value(field), ignoresCase: knowsLetters(field) && chance(1, in: 4)), false)
    }
  }

  private mutating func several() -> ClauseTree.Several {
    let fields = fields()
    var several = ClauseTree.Several(text: words(fields.first), fields: chance(1, in: 4) ? nil : fields)
    several.type = any([nil, "best_fields", "most_fields", "phrase", "phrase_prefix", "bool_prefix", "cross_fields"])
    several.isLenient = chance(1, in: 3)
    switch several.type {
    case "phrase":
      several.text = phrase(fields.first)
      several.moves = any([0, 1])
    case "phrase_prefix":
      if fields.contains("x.u") { several.type = "most_fields" }
    case "cross_fields":
      several.need = need(nil)
      several.need.edits = nil
      several.need.fixed = 0
    case let type:
      several.need = need(nil)
      several.need.isPrefix = type == "bool_prefix"
    }
    return several
  }

  private mutating func simple(depth: Int) -> SimpleTree {
    SimpleTree(
      parts: (0..<any([1, 2, 2, 3])).map { at in
        let join: Bool? = at == 0 ? nil : any([nil, true, false])
        return SimpleTree.Part(isAnd: join, isNegated: chance(1, in: 5), body: simpleBody(depth: depth))
      })
  }

  private mutating func simpleBody(depth: Int) -> SimpleTree.Body {
    if depth > 0, chance(1, in: 5) { return .group(simple(depth: depth - 1)) }
    let field: String? = chance(1, in: 2) ? "x.t" : "x.k"
    let word = value(field)
    if word.isEmpty { return .word("a") }
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      let text = phrase(field).isEmpty ? "" : phrase(field)
      // Two quotes without anything between them are no phrase.
      return .phrase(text.isEmpty ? "a b" : text, moves: any([0, 0, 1, 2]))
    case 1: return .beginning(word)
    case 2: return .fuzzy(word, any([1, 2]))
    default: return .word(word)
    }
  }
}
