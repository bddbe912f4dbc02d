import JSON

/// Whether an event is what a query string asks for, by the rules of Lucene's classic parser.
struct LuceneReference {
  struct Settings: Hashable {
    /// Where values without a field are looked for; nil for everywhere, which is lenient.
    var fields: [String]?
    var requiresAll = false
    /// A word that ends in a star is cut into words on fields of text.
    var cuts = true
    var isLenient = false
  }

  var search: SearchReference
  var settings: Settings

  private enum Occurrence { case must, should, mustNot }

  func matches(_ tree: LuceneTree) -> SearchOutcome {
    switch list(tree, nil) {
    case .absent: .holds(false)
    case let outcome: outcome
    }
  }

  private func list(_ tree: LuceneTree, _ outer: String?) -> SearchOutcome {
    var clauses: [(holds: Bool, occurrence: Occurrence)] = []
    for (clause, words) in tree.merged {
      let outcome =
        words.isEmpty
        ? body(clause.body, clause.field ?? outer)
        : leaf(Self.text(words), outer)
      if let last = clauses.last, last.occurrence != .mustNot {
        if clause.join == .and { clauses[clauses.count - 1].occurrence = .must }
        if clause.join == .or, settings.requiresAll { clauses[clauses.count - 1].occurrence = .should }
      }
      switch outcome {
      case .refused: return .refused
      case .absent: continue
      case .holds(let holds):
        let isOut = clause.sign == .minus || clause.sign == .not
        let isIn = settings.requiresAll ? clause.join != .or : clause.sign == .plus || clause.join == .and
        clauses.append((holds, isOut ? .mustNot : isIn ? .must : .should))
      }
    }
    if clauses.isEmpty { return .absent }
    func all(_ occurrence: Occurrence) -> [Bool] { clauses.filter { $0.occurrence == occurrence }.map(\.holds) }
    guard !all(.must).contains(false), !all(.mustNot).contains(true) else { return .holds(false) }
    return .holds(!all(.must).isEmpty || all(.should).isEmpty || all(.should).contains(true))
  }

  /// Words side by side are one text, which may begin as a comparison does.
  private static func text(_ words: [String]) -> LuceneTree.Leaf {
    let text = words.joined(separator: " ")
    for sign in [">=", "<=", ">", "<"] where text.hasPrefix(sign) {
      return .comparison(sign: sign, String(text.dropFirst(sign.count)))
    }
    return .word(text)
  }

  private func body(_ body: LuceneTree.Body, _ field: String?) -> SearchOutcome {
    switch body {
    case .leaf(let one): leaf(one, field)
    case .group(let tree): list(tree, field)
    case .exists(let name): search.ask(.exists, name)
    }
  }

  private func leaf(_ leaf: LuceneTree.Leaf, _ field: String?) -> SearchOutcome {
    // A star alone asks whether there is a value; of every field it asks nothing.
    if leaf == .pattern([.star]) {
      guard let field = field ?? (settings.fields == nil ? "*" : nil) else { return ask(.exists, nil) }
      return field == "*" ? .holds(true) : search.ask(.exists, field)
    }
    switch leaf {
    case .word(let word): return ask(.words(word, SearchNeed(all: settings.requiresAll)), field)
    case .phrase(let text, let moves): return ask(.phrase(text, moves: moves ?? 0), field)
    case .pattern(let pieces):
      let form = SearchPattern.Form.string(cuts: settings.cuts, all: settings.requiresAll)
      return ask(.pattern(SearchPattern(pieces: pieces, form: form)), field)
    case .regex(let regex): return ask(.regex(regex), field)
    case .range(let range):
      // A star is no end, in quotes neither.
      var range = range
      if range.lower?.value == "*" { range.lower = nil }
      if range.upper?.value == "*" { range.upper = nil }
      let fields = field.map { [$0] } ?? settings.fields ?? []
      if range.lower == nil, range.upper == nil, !fields.contains("_id"), !fields.contains("_index") {
        return self.leaf(.pattern([.star]), field)
      }
      return ask(.range(range), field)
    case .comparison(let sign, let value):
      if field == nil, settings.fields != nil {
        return ask(.words(sign + value, SearchNeed(all: settings.requiresAll)), nil)
      }
      let end = SearchRange.End(value: value, isInclusive: sign.hasSuffix("="))
      return ask(
        .range(
          sign.hasPrefix(">")
            ? SearchRange(lower: end, isLowered: true) : SearchRange(upper: end, isLowered: true)), field)
    case .fuzzy(let word, let edits):
      return ask(.fuzzy(word, edits: (edits ?? .auto).edits(word), isLowered: true), field)
    }
  }

  private func ask(_ ask: SearchAsk, _ field: String?) -> SearchOutcome {
    if let field, field != "*" { return search.ask(ask, any: [field], isLenient: settings.isLenient) }
    if field == nil, let fields = settings.fields {
      return search.ask(ask, any: fields, isLenient: settings.isLenient)
    }
    return search.ask(ask, any: SearchFields.kinds.keys.sorted(), isLenient: true)
  }
}
