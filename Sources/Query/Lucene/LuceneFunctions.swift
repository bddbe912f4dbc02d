import Events

/// What Lucene's `~`, and the query DSL's looser matches, ask of a field's value.
enum LuceneFunctions {
  static let registry = FunctionRegistry([
    FunctionDefinition(
      "fuzzy",
      [
        FunctionDefinition.Parameter("field", .any), FunctionDefinition.Parameter("word", .strings, isConstant: true),
        FunctionDefinition.Parameter("edits", .wholes, isConstant: true),
      ]
    ) { call throws(TypeFault) in
      let isText = call.arguments[0].type == .text
      let word = call.arguments[1].constant?.single?.textValue ?? ""
      let wanted = Array((isText ? TextAnalyzer.lowered(word) : word).unicodeScalars)
      let edits = Int(call.arguments[2].constant?.single?.wholeValue ?? 0)
      return (
        .boolean,
        ScalarFunction("fuzzy") { cells in
          guard case .text(let text)? = cells[0].single else { return .none }
          let words = isText ? TextAnalyzer.words(text) : [text]
          return .boolean(words.contains { isNear(Array($0.unicodeScalars), wanted, edits) })
        }
      )
    },
    FunctionDefinition(
      "nearby",
      [
        FunctionDefinition.Parameter("field", .any), FunctionDefinition.Parameter("phrase", .strings, isConstant: true),
        FunctionDefinition.Parameter("moves", .wholes, isConstant: true),
      ]
    ) { call throws(TypeFault) in
      let isText = call.arguments[0].type == .text
      let phrase = call.arguments[1].constant?.single?.textValue ?? ""
      let words = TextAnalyzer.words(phrase)
      let moves = Int(call.arguments[2].constant?.single?.wholeValue ?? 0)
      return (
        .boolean,
        ScalarFunction("nearby") { cells in
          guard case .text(let text)? = cells[0].single else { return .none }
          // On whole values the distance has no effect.
          guard isText else { return .boolean(Value.equal(text, phrase)) }
          return .boolean(stand(words, in: TextAnalyzer.words(text), within: moves))
        }
      )
    },
    WordMatch.function,
    FunctionDefinition(
      "phrase_prefix",
      [FunctionDefinition.Parameter("field", .any), FunctionDefinition.Parameter("phrase", .strings, isConstant: true)]
    ) { call throws(TypeFault) in
      let type = call.arguments[0].type
      guard type == .text else {
        throw TypeFault(
          "the beginning of a phrase is looked for in fields of text, and this one holds \(type.rawValue) values",
          at: call.arguments[0].range, expected: "a `prefix` query")
      }
      let phrase = TextAnalyzer.words(call.arguments[1].constant?.single?.textValue ?? "")
      return (
        .boolean,
        ScalarFunction("phrase_prefix") { cells in
          guard case .text(let text)? = cells[0].single else { return .none }
          return .boolean(begins(phrase, in: TextAnalyzer.words(text)))
        }
      )
    },
  ])

  /// A condition on a field: a function of its value, of texts and of a number.
  static func condition(
    _ function: String, _ field: String, _ texts: [String], _ number: Int? = nil, at range: Range<Int> = 0..<0
  ) -> Predicate {
    var arguments = [Expression(.field(field, isOptional: true), range)]
    arguments += texts.map { Expression(.literal(.text($0), .keyword), range) }
    if let number { arguments.append(Expression(.literal(.whole(Int64(number)), .integer), range)) }
    let shown = [field] + texts.map { KQL.quoted($0) } + (number.map { [String($0)] } ?? [])
    return .holds(
      RowCondition(
        Expression(.call(function, arguments, ignoresCase: false), range),
        text: "\(function)(\(shown.joined(separator: ", ")))", language: .lucene))
  }

  /// Whether the words stand side by side in a text, the last of them perhaps as the beginning of a longer one.
  private static func begins(_ phrase: [String], in words: [String]) -> Bool {
    guard let last = phrase.last, words.count >= phrase.count else { return false }
    return (0...words.count - phrase.count).contains { start in
      zip(phrase.dropLast(), words[start...]).allSatisfy { Value.equal($0, $1) }
        && words[start + phrase.count - 1].utf8.starts(with: last.utf8)
    }
  }

  /// Whether so many insertions, removals, replacements and swaps of neighbours make one of the other.
  static func isNear(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], _ most: Int) -> Bool {
    guard abs(left.count - right.count) <= most else { return false }
    var before: [Int] = []
    var last = Array(0...right.count)
    for (row, letter) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var best = min(last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          best = min(best, before[column - 1] + 1)
        }
        current.append(best)
      }
      if (current.min() ?? 0) > most { return false }
      (before, last) = (last, current)
    }
    return last[right.count] <= most
  }

  /// Whether the words stand in a text so that moving them by so many places in all puts them in order side by side.
  private static func stand(_ phrase: [String], in words: [String], within moves: Int) -> Bool {
    guard !phrase.isEmpty else { return false }
    // A word's place less its place in the phrase: alike for all when they stand side by side.
    let places = phrase.enumerated().map { at, word in
      words.indices.filter { Value.equal(words[$0], word) }.map { $0 - at }
    }
    guard places.allSatisfy({ !$0.isEmpty }) else { return false }
    // The narrowest window that holds one place of each word.
    var ends = [Int](repeating: 0, count: places.count)
    while true {
      var (low, high) = (0, Int.min)
      for (word, at) in ends.enumerated() {
        if places[word][at] < places[low][ends[low]] { low = word }
        high = max(high, places[word][at])
      }
      if high - places[low][ends[low]] <= moves, hasOwnPlaces(ends, places) { return true }
      ends[low] += 1
      if ends[low] == places[low].count { return false }
    }
  }

  /// One word of a text serves one word of the phrase.
  private static func hasOwnPlaces(_ ends: [Int], _ places: [[Int]]) -> Bool {
    var seen: Set<Int> = []
    return ends.enumerated().allSatisfy { word, at in seen.insert(places[word][at] + word).inserted }
  }
}
