/// A condition of a Sigma detection: search identifiers, joined.
struct SigmaCondition {
  private enum Token: Equatable {
    case word(String)
    case open, close
  }

  private var tokens: [Token] = []
  private var at = 0
  private let place: SigmaNode.Place
  private let names: [String]
  private let resolve: (String) throws(SigmaFault) -> SigmaExpression
  private var depth = 0
  /// Names that the condition asks for.
  private var used: Set<String> = []

  private static let mostTokens = 10_000
  private static let mostDepth = 64

  /// Reads a condition.
  ///
  /// - Parameters:
  ///   - names: the search identifiers that there are, in order.
  ///   - resolve: what an identifier asks.
  static func read(
    _ text: String, _ place: SigmaNode.Place, names: [String],
    resolve: @escaping (String) throws(SigmaFault) -> SigmaExpression
  ) throws(SigmaFault) -> (expression: SigmaExpression, used: Set<String>) {
    var condition = SigmaCondition(place: place, names: names, resolve: resolve)
    try condition.scan(text)
    let expression = try condition.either()
    guard condition.at == condition.tokens.count else {
      throw SigmaFault("the condition goes on with \(condition.shown) where it should end", place)
    }
    return (expression, condition.used)
  }

  private init(
    place: SigmaNode.Place, names: [String], resolve: @escaping (String) throws(SigmaFault) -> SigmaExpression
  ) {
    self.place = place
    self.names = names
    self.resolve = resolve
  }

  private mutating func scan(_ text: String) throws(SigmaFault) {
    var word = ""
    func isWord(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "_" || scalar == "-" || scalar == "*" || scalar == "." || scalar.properties.isAlphabetic
        || scalar.properties.numericType != nil
    }
    for scalar in text.unicodeScalars {
      if isWord(scalar) {
        word.unicodeScalars.append(scalar)
        continue
      }
      if !word.isEmpty { tokens.append(.word(word)) }
      word = ""
      switch scalar {
      case "(": tokens.append(.open)
      case ")": tokens.append(.close)
      case _ where scalar.properties.isWhitespace: break
      case "|":
        throw SigmaFault("the condition holds `|`, the aggregation of older rules; write a correlation instead", place)
      default: throw SigmaFault("the condition holds “\(scalar)”, which means nothing there", place)
      }
    }
    if !word.isEmpty { tokens.append(.word(word)) }
    guard !tokens.isEmpty else { throw SigmaFault("the condition is empty", place) }
    guard tokens.count <= Self.mostTokens else {
      throw SigmaFault("the condition has more than \(Self.mostTokens) words", place)
    }
  }

  private var shown: String {
    guard at < tokens.count else { return "its end" }
    switch tokens[at] {
    case .word(let word): return "“\(word.prefix(60))”"
    case .open: return "“(”"
    case .close: return "“)”"
    }
  }

  private mutating func takeWord(_ words: String...) -> Bool {
    guard at < tokens.count, case .word(let word) = tokens[at], words.contains(word.lowercased()) else { return false }
    at += 1
    return true
  }

  private mutating func either() throws(SigmaFault) -> SigmaExpression {
    var parts = [try both()]
    while takeWord("or") { parts.append(try both()) }
    return .some(parts)
  }

  private mutating func both() throws(SigmaFault) -> SigmaExpression {
    var parts = [try negation()]
    while takeWord("and") { parts.append(try negation()) }
    return .every(parts)
  }

  private mutating func negation() throws(SigmaFault) -> SigmaExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.mostDepth else {
      throw SigmaFault("the condition is nested deeper than \(Self.mostDepth) levels", place)
    }
    return takeWord("not") ? .not(try negation()) : try atom()
  }

  private mutating func atom() throws(SigmaFault) -> SigmaExpression {
    guard at < tokens.count else { throw SigmaFault("the condition ends where an identifier should stand", place) }
    if tokens[at] == .open {
      at += 1
      let inner = try either()
      guard at < tokens.count, tokens[at] == .close else {
        throw SigmaFault("the condition opens a parenthesis that is never closed", place)
      }
      at += 1
      return inner
    }
    guard case .word(let word) = tokens[at] else {
      throw SigmaFault("the condition has \(shown) where an identifier should stand", place)
    }
    at += 1
    if at < tokens.count, case .word(let next) = tokens[at], next.lowercased() == "of" {
      let quantifier = word.lowercased()
      guard ["1", "any", "all"].contains(quantifier) else {
        throw SigmaFault(
          "`\(word.prefix(20)) of` is not known to Sigma 2; there are `1 of`, `any of` and `all of`", place)
      }
      at += 1
      guard at < tokens.count, case .word(let pattern) = tokens[at] else {
        throw SigmaFault("a pattern of identifiers must follow `\(word) of`", place)
      }
      at += 1
      let found = selected(by: pattern)
      guard !found.isEmpty else {
        throw SigmaFault("`\(word) of \(pattern.prefix(60))` fits no search identifier", place)
      }
      used.formUnion(found)
      var parts: [SigmaExpression] = []
      for name in found { parts.append(try resolve(name)) }
      return quantifier == "all" ? .every(parts) : .some(parts)
    }
    guard names.contains(word) else {
      if ["and", "or", "not", "of"].contains(word.lowercased()) {
        throw SigmaFault("the condition has “\(word)” where an identifier should stand", place)
      }
      throw SigmaFault("the condition names “\(word.prefix(60))”, and there is no such search identifier", place)
    }
    used.insert(word)
    return try resolve(word)
  }

  private func selected(by pattern: String) -> [String] {
    if pattern.lowercased() == "them" { return names.filter { !$0.hasPrefix("_") } }
    let matcher = WildcardMatcher(WildcardPattern(stars: pattern))
    return names.filter { name in
      (pattern.hasPrefix("_") || !name.hasPrefix("_") || !pattern.contains("*")) && matcher.matches(name)
    }
  }
}
