import Query

/// Wildcard patterns, character by character.
enum ReferencePattern {
  private enum Step {
    case one(Unicode.Scalar)
    case anyOne
    case anyRun
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
