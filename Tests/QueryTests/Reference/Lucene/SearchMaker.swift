import TestSupport

/// Makes random queries whose values often occur in the events.
struct SearchMaker {
  var random: SeededRandom

  mutating func any<Choices: Collection>(_ choices: Choices) -> Choices.Element {
    choices.randomElement(using: &random)!
  }

  mutating func chance(_ part: Int, in whole: Int) -> Bool { Int.random(in: 0..<whole, using: &random) < part }

  mutating func field() -> String { any(SearchFields.names) }

  /// A value that fits a field, or now and then one that does not.
  mutating func value(_ field: String?) -> String {
    guard let field, !chance(1, in: 25) else {
      return chance(1, in: 2)
        ? any(SearchFields.words)
        : SearchReference.text(any(SearchFields.values(any([.text, .whole, .date, .address]))))
    }
    switch SearchFields.kind(field) {
    case .text where chance(1, in: 2):
      return any(["quick", "Brown", "fox", "a", "ab", "b a", "10", "x", "--", "the", "FOX quick"])
    case .date:
      return any([
        "2024-05-01", "2024-05", "2024", "2024-05-01T10", "2024-05-01T10:20:30Z", "now", "now-1d/d",
        "2024-05-01||+1d/d",
        "2024-04-30T23:30:00.000Z", "1714558830000",
      ])
    case .address: return any(["10.0.0.1", "10.0.0.0/29", "10.0.0.0/8", "2001:db8::/32", "2001:db8::1", "11.0.0.0"])
    case .whole: return any(["0", "1", "5", "10", "-3", "7", "2.5", "1e1", "5.0"])
    case .boolean: return any(["true", "false"])
    case .index where chance(1, in: 3):
      return any([
        "logs-*", "*", ".ds-*", ".alerts-*", "*-default", "logs-?-default", "OWN", "partial-*", ".*", "own,own",
      ])
    case let kind: return SearchReference.text(any(SearchFields.values(kind)))
    }
  }

  /// Whether to ask a field what only texts and keywords know; others refuse it, which is to be seen now and then.
  mutating func knowsLetters(_ field: String?) -> Bool {
    switch field.map(SearchFields.kind) {
    case .whole, .floating, .date, .address, .boolean, .id: chance(1, in: 12)
    case .index: chance(1, in: 3)
    default: true
    }
  }

  mutating func pieces(_ field: String?) -> [SearchPattern.Piece] {
    if chance(1, in: 6) { return [.star] }
    var pieces: [SearchPattern.Piece] = []
    for letter in value(field).prefix(12) {
      let piece: SearchPattern.Piece = chance(1, in: 5) ? .star : chance(1, in: 6) ? .one : .text(String(letter))
      switch (pieces.last, piece) {
      case (.star, .star): break
      case (.text(let before), .text(let text)): pieces[pieces.count - 1] = .text(before + text)
      default: pieces.append(piece)
      }
      if piece == .star, chance(1, in: 2) { break }
    }
    if !pieces.contains(.star), !pieces.contains(.one), pieces.last != .star { pieces.append(.star) }
    return pieces
  }

  mutating func regex(_ field: String?) -> SearchRegex {
    var parts = value(field).prefix(8).map { letter -> SearchRegex in
      switch Int.random(in: 0..<10, using: &random) {
      case 0: .any
      case 1: .oneOf([letter.isLetter || letter.isNumber ? letter : "z", "q"])
      case 2: .either(.letter(letter), .both(.letter("a"), .letter("b")))
      case 3: .repeated(.letter(letter), from: 0, to: nil)
      case 4: .repeated(.letter(letter), from: 1, to: nil)
      case 5: .repeated(.any, from: 0, to: any([1, 2]))
      default: .letter(letter)
      }
    }
    if chance(1, in: 2) { parts.append(.repeated(.any, from: 0, to: nil)) }
    let first = parts.first ?? .letter("a")
    return parts.dropFirst().reduce(first) { .both($0, $1) }
  }

  mutating func range(_ field: String?, isLowered: Bool) -> SearchRange {
    func end(_ maker: inout SearchMaker) -> SearchRange.End {
      SearchRange.End(value: maker.value(field), isInclusive: maker.chance(1, in: 2))
    }
    let lower = chance(3, in: 4) ? end(&self) : nil
    let upper = lower == nil || chance(2, in: 3) ? end(&self) : nil
    var range = SearchRange(lower: lower, upper: upper, isLowered: isLowered)
    if !isLowered, chance(1, in: 4) {
      range.zone = any([
        SearchRange.Zone(written: "+02:00", minutes: 120), SearchRange.Zone(written: "-0730", minutes: -450),
        SearchRange.Zone(written: "Africa/Johannesburg", minutes: 120), SearchRange.Zone(written: "UTC", minutes: 0),
      ])
    }
    return range
  }

  mutating func edits() -> SearchEdits { any([.auto, .count(0), .count(1), .count(1), .count(2)]) }

  /// Different words, since of one that is asked for twice Lucene tries not every place.
  mutating func phrase(_ field: String?) -> String {
    let text = value(field)
    let words = SearchText.words(text)
    return Set(words).count == words.count ? text : "quick fox"
  }

  // MARK: Query strings

  mutating func tree(depth: Int, field outer: String? = nil) -> LuceneTree {
    let clauses = (0..<any([1, 1, 2, 2, 3, 4])).map { at in clause(at, depth: depth, outer) }
    return LuceneTree(clauses: clauses)
  }

  private mutating func clause(_ at: Int, depth: Int, _ outer: String?) -> LuceneTree.Clause {
    let field = chance(1, in: outer == nil ? 4 : 2) ? nil : self.field()
    var clause = LuceneTree.Clause(field: field, body: .leaf(.word("a")))
    if at > 0 { clause.join = any([.none, .and, .or, .or]) }
    if chance(1, in: 4) { clause.sign = any([.plus, .minus, .not]) }
    if chance(1, in: 15) { clause.boost = 2 }
    if chance(1, in: 15) {
      clause.field = nil
      clause.boost = nil
      clause.body = .exists(self.field())
    } else if depth > 0, chance(1, in: 4) {
      clause.body = .group(tree(depth: depth - 1, field: field ?? outer))
    } else {
      clause.body = .leaf(leaf(field ?? outer, isNamed: field ?? outer != nil))
    }
    return clause
  }

  private mutating func leaf(_ field: String?, isNamed: Bool) -> LuceneTree.Leaf {
    let kind = Int.random(in: 0..<14, using: &random)
    switch [2, 3, 4, 8].contains(kind) && !knowsLetters(field) ? 9 : kind {
    case 0: return .phrase(phrase(field), moves: chance(1, in: 2) ? nil : any([0, 1, 2]))
    case 1: return .phrase(value(field), moves: nil)
    case 2, 3: return .pattern(pieces(field))
    case 4: return .regex(regex(field))
    case 5, 6: return .range(range(field, isLowered: true))
    case 7:
      let value = value(field)
      if !value.isEmpty { return .comparison(sign: any([">", ">=", "<", "<="]), value) }
    case 8:
      let word = value(field)
      if !word.isEmpty { return .fuzzy(word, chance(1, in: 3) ? nil : edits()) }
    default: break
    }
    let word = value(field)
    return word.isEmpty ? .phrase("", moves: nil) : .word(word)
  }

  mutating func settings() -> LuceneReference.Settings {
    var settings = LuceneReference.Settings()
    settings.requiresAll = chance(1, in: 3)
    if chance(1, in: 2) { settings.fields = (0..<any([1, 2, 3])).map { _ in field() } }
    settings.cuts = chance(1, in: 2)
    settings.isLenient = settings.fields == nil || chance(1, in: 2)
    return settings
  }
}
