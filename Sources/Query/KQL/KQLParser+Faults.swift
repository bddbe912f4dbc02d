extension KQLParser {
  func missingPart(after word: Range<Int>?, _ expected: String = "a condition") -> QuerySyntaxError {
    if let word {
      let hint = "to search for the word, write \"" + text(word) + "\""
      return scanner.fault(
        "`\(text(word))` has nothing after it", at: word.lowerBound, expected: "\(expected) after it", hint: hint)
    }
    if scanner.isAtEnd { return scanner.fault("the query ends here", at: scanner.at, expected: expected) }
    return unexpected()
  }

  func missingValue(of name: KQLLiteral, at place: Int) -> QuerySyntaxError {
    scanner.fault(
      "`\(shown(name)):` has no value", at: place, expected: "a value",
      hint: "write `\(shown(name)): *` to ask whether the field exists")
  }

  func comparisonAfterColon(_ name: KQLLiteral, at place: Int) -> QuerySyntaxError {
    var end = place + 1
    if end < scanner.text.count, scanner.text[end] == "=" { end += 1 }
    return scanner.fault(
      "a comparison stands without a colon", at: place, expected: "a value",
      hint: "write `\(shown(name)) \(text(place..<end)) …`")
  }

  /// The error for something that cannot stand here, after a complete condition or value.
  func unexpected(inside closing: Unicode.Scalar? = nil) -> QuerySyntaxError {
    let place = scanner.at
    let next = closing.map { "`and`, `or` or `\($0)`" } ?? "`and`, `or` or the end of the query"
    guard let scalar = scanner.current else {
      return scanner.fault("the query ends here", at: place, expected: next)
    }
    switch scalar {
    case ")", "}":
      let other = scalar == ")" ? "(" : "{"
      return scanner.fault("no `\(other)` is open that this closes", at: place, expected: next)
    case ":", "<", ">": return unexpectedOperator(scalar, next)
    case "{":
      return scanner.fault("a brace needs a nested field before it", at: place, hint: "write `path: { child: value }`")
    case "(" where previous.map { !$0.isQuoted && scanner.reads($0.source, "!") } ?? false:
      return scanner.fault("`!` negates nothing in KQL", at: place - 1, expected: "`not`")
    default: break
    }
    if scanner.negation(at: place) != nil {
      return scanner.fault("`not` does not join conditions", at: place, expected: "`and not` or `or not`")
    }
    if let joining = joiningWord(before: place) {
      return scanner.fault(
        "`\(joining.word)` needs a blank on both sides to join conditions", at: joining.place, expected: next)
    }
    for (symbol, word) in [("&&", "and"), ("||", "or")] where place + 2 <= scanner.text.count {
      if scanner.reads(place..<place + 2, symbol) {
        return scanner.fault("`\(symbol)` joins nothing in KQL", at: place, expected: "`\(word)`")
      }
    }
    if scalar == "," {
      return scanner.fault("a comma joins nothing in KQL", at: place, expected: next)
    }
    return scanner.fault("a new condition starts here without a word that joins it", at: place, expected: next)
  }

  /// The `and` or `or` that stands here, or that ends the value before a bracket, without the blanks that it needs.
  private func joiningWord(before place: Int) -> (word: String, place: Int)? {
    for word in ["and", "or"] {
      let ends = place + word.count
      if ends <= scanner.text.count, lowered(place..<ends) == word { return (word, place) }
      if scanner.text[place] == "(" || scanner.text[place] == "\"", place > word.count,
        lowered(place - word.count..<place) == word, KQLScanner.isSpace(scanner.text[place - word.count - 1])
      {
        return (word, place - word.count)
      }
    }
    return nil
  }

  private func lowered(_ range: Range<Int>) -> String { text(range).lowercased() }

  /// A `:` or comparison after a value: the value holds the sign, or a joining word is missing inside it.
  private func unexpectedOperator(_ scalar: Unicode.Scalar, _ next: String) -> QuerySyntaxError {
    var hint: String?
    if let previous, !previous.isQuoted {
      let words = scanner.words(in: previous.source)
      for (symbol, word) in [("&&", "and"), ("||", "or")] {
        if let found = words.first(where: { scanner.reads($0, symbol) }) {
          return scanner.fault(
            "`\(symbol)` joins nothing in KQL", at: found.lowerBound, expected: "`\(word)`",
            hint: "to search for the characters, put the value in quotes")
        }
      }
      if words.count > 1, let last = words.last {
        hint = "is `and` missing before \(scanner.quote(last))?"
      } else {
        hint = "put a value that holds `\(scalar)` in quotes, or write `\\\(scalar)`"
      }
    }
    return scanner.fault("there is a value before this, not a field", at: scanner.at, expected: next, hint: hint)
  }
}
