extension KQLParser {
  /// The field that a name stands for; throws where it is none, or where its text shows a mistake.
  func field(_ name: KQLLiteral) throws(QuerySyntaxError) -> FieldSelector {
    let start = name.source.lowerBound
    if name.pattern.parts.isEmpty { throw scanner.fault("the name of the field is empty", at: start) }
    if !name.isQuoted {
      if scanner.text[start] == "!" {
        throw scanner.fault("`!` negates nothing in KQL", at: start, expected: "`not`")
      }
      if let last = scanner.words(in: name.source).last, scanner.reads(last, "="), name.source.count > 1 {
        throw scanner.fault(
          "`=` must follow the sign of a comparison", at: last.lowerBound, expected: "`>=` or `<=`")
      }
    }
    return name.selector(below: path)
  }

  /// A free value such as `user.name = x` was meant as a test of a field.
  func refuseEqualsSign(_ value: KQLLiteral) throws(QuerySyntaxError) {
    guard !value.isQuoted else { return }
    let words = scanner.words(in: value.source)
    let escape = "to search for the characters, put the value in quotes"
    if words.count > 1 {
      if scanner.reads(words[1], "=") || scanner.reads(words[1], "==") {
        throw scanner.fault(
          "a field and its value are joined by a colon", at: words[1].lowerBound, expected: "`:`", hint: escape)
      }
      if scanner.reads(words[1], "!=") {
        throw scanner.fault(
          "KQL has no `!=`", at: words[1].lowerBound,
          hint: "write `not \(text(words[0])): …`; \(escape)")
      }
    }
    // `event.action="x"`: what follows cannot be part of the value.
    let end = value.source.upperBound
    if scanner.text[end - 1] == "=", scanner.current == "\"" || scanner.current == "(" {
      throw scanner.fault("a field and its value are joined by a colon", at: end - 1, expected: "`:`")
    }
  }

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
    if let (keyword, _) = scanner.keyword(at: place), keyword == .not {
      return scanner.fault("`not` does not join conditions", at: place, expected: "`and not` or `or not`")
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

  /// A `:` or comparison after a value: the value holds the sign, or a joining word is missing inside it.
  private func unexpectedOperator(_ scalar: Unicode.Scalar, _ next: String) -> QuerySyntaxError {
    var hint: String?
    if let previous, !previous.isQuoted {
      let words = scanner.words(in: previous.source)
      if words.count > 1, let last = words.last {
        hint = "is `and` missing before \(scanner.quote(last))?"
      } else {
        hint = "put a value that holds `\(scalar)` in quotes, or write `\\\(scalar)`"
      }
    }
    return scanner.fault("there is a value before this, not a field", at: scanner.at, expected: next, hint: hint)
  }
}
