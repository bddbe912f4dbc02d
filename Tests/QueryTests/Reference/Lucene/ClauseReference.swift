import JSON

/// Whether an event is what a clause of the query DSL asks for.
struct ClauseReference {
  var search: SearchReference

  init(_ event: JSONValue, isObject: Bool = false) { search = SearchReference(event: event, isObject: isObject) }

  /// nil where some part of the query is refused.
  func matches(_ clause: ClauseTree) -> Bool? {
    switch clause {
    case .all: return true
    case .none: return false
    case .bool(let bool): return matches(bool)
    case .ask(let ask, let field, let isLenient): return holds(search.ask(ask, any: [field], isLenient: isLenient))
    case .terms(let values, let field):
      let found = values.map { holds(search.ask(.term($0), field)) }
      return found.contains(nil) ? nil : found.contains(true)
    case .several(let several): return matches(several)
    case .ids(let ids):
      return ids.contains(search.id) && !search.isObject
    case .string(let tree, let settings):
      return holds(LuceneReference(search: search, settings: settings).matches(tree))
    case .simple(let tree, let fields, let requiresAll):
      return holds(simple(tree, fields, requiresAll))
    case .nested(let inner):
      // What the query may ask does not hang on there being an object.
      guard ClauseReference([:], isObject: true).matches(inner) != nil else { return nil }
      guard !search.isObject, case .array(let objects)? = search.event["n"] else { return false }
      return objects.contains { ClauseReference($0, isObject: true).matches(inner) == true }
    }
  }

  /// A clause without a word finds nothing.
  private func holds(_ outcome: SearchOutcome) -> Bool? {
    switch outcome {
    case .refused: nil
    case .absent: false
    case .holds(let holds): holds
    }
  }

  private func matches(_ bool: ClauseTree.Bool) -> Bool? {
    func all(_ parts: [ClauseTree]) -> [Bool?] { parts.map { matches($0) } }
    let (must, should, mustNot) = (all(bool.must + bool.filter), all(bool.should), all(bool.mustNot))
    guard !(must + should + mustNot).contains(nil) else { return nil }
    guard !must.contains(false), !mustNot.contains(true) else { return false }
    // Exclusions alone are all but these, whatever number is asked for.
    if must.isEmpty, should.isEmpty { return true }
    let least = bool.least?.count(of: should.count) ?? 0
    return should.count { $0 == true } >= max(least, must.isEmpty ? 1 : 0)
  }

  private func matches(_ several: ClauseTree.Several) -> Bool? {
    let fields = several.fields ?? SearchFields.kinds.keys.sorted()
    let isLenient = several.isLenient || several.fields == nil
    let ask: SearchAsk
    switch several.type {
    case "phrase": ask = .phrase(several.text, moves: several.moves)
    case "phrase_prefix": ask = .phrasePrefix(several.text)
    case "cross_fields": return crossed(several, fields, isLenient)
    default: ask = .words(several.text, several.need)
    }
    return holds(search.ask(ask, any: fields, isLenient: isLenient))
  }

  /// Each word may stand in another field of text; what is no text has the whole.
  private func crossed(_ several: ClauseTree.Several, _ fields: [String], _ isLenient: Bool) -> Bool? {
    let texts = fields.filter { SearchFields.kind($0) == .text }
    let others = search.ask(.words(several.text), any: fields.filter { !texts.contains($0) }, isLenient: isLenient)
    if others == .refused { return nil }
    let words = SearchText.words(several.text)
    let met = words.count { search.ask(.term($0), any: texts, isLenient: true) == .holds(true) }
    let isMet: Bool
    if words.count < 2 {
      isMet = met > 0
    } else if several.need.all {
      isMet = met == words.count && (several.need.least?.count(of: 0) ?? 0) == 0
    } else {
      isMet = met >= max(1, several.need.least?.count(of: words.count) ?? 1)
    }
    return others == .holds(true) || isMet
  }

  // MARK: Simple strings

  private func simple(_ tree: SimpleTree, _ fields: [String]?, _ requiresAll: Bool) -> SearchOutcome {
    var top = SearchOutcome.absent
    for part in tree.parts {
      var outcome = simple(part.body, fields, requiresAll)
      if outcome == .refused { return .refused }
      // One without a word, and what joins it, is left out.
      if part.isNegated {
        outcome = outcome == .holds(true) ? .holds(false) : outcome == .absent ? .absent : .holds(true)
      }
      switch (top, outcome) {
      case (.holds(let left), .holds(let right)):
        top = .holds(part.isAnd ?? requiresAll ? left && right : left || right)
      case (.absent, _): top = outcome
      default: break
      }
    }
    return top
  }

  private func simple(_ body: SimpleTree.Body, _ fields: [String]?, _ requiresAll: Bool) -> SearchOutcome {
    let ask: SearchAsk
    switch body {
    case .word(let word): ask = .words(word, SearchNeed(all: requiresAll))
    case .phrase(let text, let moves): ask = .phrase(text, moves: moves)
    case .beginning(let text):
      ask = .pattern(SearchPattern(pieces: [.text(text), .star], form: .string(cuts: false, all: requiresAll)))
    case .fuzzy(let word, let edits): ask = .fuzzy(word, edits: edits, isLowered: true)
    case .group(let tree): return simple(tree, fields, requiresAll)
    }
    return search.ask(ask, any: fields ?? SearchFields.kinds.keys.sorted(), isLenient: fields == nil)
  }
}
