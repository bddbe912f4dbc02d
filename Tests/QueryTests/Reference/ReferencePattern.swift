import Query

/// Wildcard patterns, character by character.
enum ReferencePattern {
  private enum Step {
    case one(Unicode.Scalar)
    case anyOne
    case anyRun
  }

  /// The pieces of a pattern between its blanks.
  static func alternatives(_ pattern: WildcardPattern) -> [WildcardPattern] {
    var found = [WildcardPattern(ignoresCase: pattern.ignoresCase)]
    for part in pattern.parts {
      guard case .literal(let text) = part else {
        found[found.count - 1].append(part)
        continue
      }
      for scalar in text.unicodeScalars {
        if " \t\n\r\u{3000}".unicodeScalars.contains(scalar) {
          found.append(WildcardPattern(ignoresCase: pattern.ignoresCase))
        } else {
          found[found.count - 1].append(.literal(String(scalar)))
        }
      }
    }
    found.removeAll(where: \.parts.isEmpty)
    // From the end, so that it is known what follows: words in a row are one, unless a lone `*` comes next.
    var at = found.count - 1
    while at > 0 {
      let isLast = at + 1 == found.count
      if let text = word(found[at]), let before = word(found[at - 1]), isLast || found[at + 1].parts != [.anyRun] {
        found[at - 1] = WildcardPattern([.literal(before + " " + text)], ignoresCase: pattern.ignoresCase)
        found.remove(at: at)
      }
      at -= 1
    }
    return found
  }

  private static func word(_ pattern: WildcardPattern) -> String? {
    guard pattern.parts.count == 1, case .literal(let text) = pattern.parts[0] else { return nil }
    return text
  }

  /// The pattern covers the whole text; letters compare lower-cased where it ignores case.
  static func matches(_ pattern: WildcardPattern, _ text: String) -> Bool {
    var steps: [Step] = []
    for part in pattern.parts {
      switch part {
      case .literal(let literal):
        let literal = pattern.ignoresCase ? TextAnalyzer.lowered(literal) : literal
        steps += literal.unicodeScalars.map { .one($0) }
      case .anyRun: steps.append(.anyRun)
      case .anyCharacter: steps.append(.anyOne)
      }
    }
    let text = Array((pattern.ignoresCase ? TextAnalyzer.lowered(text) : text).unicodeScalars)
    // `reached[n]`: the steps so far can cover the first n characters.
    var reached = [true] + [Bool](repeating: false, count: text.count)
    for step in steps {
      var next = [Bool](repeating: false, count: text.count + 1)
      for at in 0...text.count {
        switch step {
        case .anyRun: next[at] = reached[at] || at > 0 && next[at - 1]
        case .anyOne: next[at] = at > 0 && reached[at - 1]
        case .one(let scalar): next[at] = at > 0 && reached[at - 1] && text[at - 1] == scalar
        }
      }
      reached = next
    }
    return reached[text.count]
  }
}
