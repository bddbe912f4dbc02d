import Events

/// What Lucene's `~`, and the query DSL's looser matches, ask of a field's value.
enum LuceneFunctions {
  static let registry = FunctionRegistry(
    [fuzzy, nearby, WordMatch.function, phrasePrefix, wordless].flatMap { [$0, lenient($0)] })

  private static let fuzzy = FunctionDefinition(
    "fuzzy",
    [
      FunctionDefinition.Parameter("field", .any), FunctionDefinition.Parameter("word", .strings, isConstant: true),
      FunctionDefinition.Parameter("edits", .wholes, isConstant: true),
      FunctionDefinition.Parameter("fixed", .wholes, isConstant: true),
    ]
  ) { call throws(TypeFault) in
    let type = call.arguments[0].type
    guard type.isString || type == .dynamic else { throw fuzzyFault(call.arguments[0]) }
    let isText = type == .text
    let word = call.arguments[1].constant?.single?.textValue ?? ""
    let wanted = Array((isText ? TextAnalyzer.lowered(word) : word).unicodeScalars)
    let edits = Int(call.arguments[2].constant?.single?.wholeValue ?? 0)
    let fixed = wanted.prefix(Int(call.arguments[3].constant?.single?.wholeValue ?? 0))
    return (
      .boolean,
      ScalarFunction("fuzzy") { cells in
        guard case .text(let text)? = cells[0].single else { return .none }
        let words = (isText ? TextAnalyzer.words(text) : [text]).map { Array($0.unicodeScalars) }
        return .boolean(words.contains { $0.starts(with: fixed) && isNear($0, wanted, edits) })
      }
    )
  }

  /// Stands beside a test that some word is there, which compares what is no text.
  private static let nearby = FunctionDefinition(
    "nearby",
    [
      FunctionDefinition.Parameter("field", .any), FunctionDefinition.Parameter("phrase", .strings, isConstant: true),
      FunctionDefinition.Parameter("moves", .wholes, isConstant: true),
    ]
  ) { call throws(TypeFault) in
    let words = TextAnalyzer.words(call.arguments[1].constant?.single?.textValue ?? "")
    let moves = Int(call.arguments[2].constant?.single?.wholeValue ?? 0)
    // On whole values the distance has no effect.
    guard call.arguments[0].type == .text else {
      return (.boolean, ScalarFunction("nearby") { _ in .boolean(true) })
    }
    return (
      .boolean,
      ScalarFunction("nearby") { cells in
        guard case .text(let text)? = cells[0].single else { return .none }
        return .boolean(stand(words, in: TextAnalyzer.words(text), within: moves))
      }
    )
  }

  private static let phrasePrefix = FunctionDefinition(
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
  }

  /// True of every event where the field holds text: signs without a word in them then ask for nothing.
  private static let wordless = FunctionDefinition(
    "wordless", [FunctionDefinition.Parameter("field", .any)]
  ) { call throws(TypeFault) in
    let isText = call.arguments[0].type == .text
    return (.boolean, ScalarFunction("wordless", spreadsNull: false, several: .whole) { _ in .boolean(isText) })
  }

  static func fuzzyFault(_ field: TypedExpression) -> TypeFault {
    TypeFault(
      "what is nearly the same is looked for in keywords and text, and this field holds \(field.type.rawValue) values",
      at: field.range)
  }

  private static let lenientPrefix = "lenient_"

  /// The same function, which is false where the type of its field does not fit.
  private static func lenient(_ function: FunctionDefinition) -> FunctionDefinition {
    FunctionDefinition(lenientPrefix + function.name, function.parameters) { call throws(TypeFault) in
      do throws(TypeFault) {
        return try function.bind(call)
      } catch {
        return (.boolean, ScalarFunction(function.name) { _ in .boolean(false) })
      }
    }
  }

  /// A condition on a field: a function of its value, of texts and of numbers.
  ///
  /// - Parameter isLenient: false, and not refused, where the type of the field does not fit.
  static func condition(
    _ function: String, _ field: String, _ texts: [String] = [], _ numbers: [Int] = [], isLenient: Bool = false,
    at range: Range<Int> = 0..<0
  ) -> Predicate {
    var arguments = [Expression(.field(field, isOptional: true), range)]
    arguments += texts.map { Expression(.literal(.text($0), .keyword), range) }
    arguments += numbers.map { Expression(.literal(.whole(Int64($0)), .integer), range) }
    let shown = [field] + texts.map { KQL.quoted($0) } + numbers.map { String($0) }
    let name = (isLenient ? lenientPrefix : "") + function
    return .holds(
      RowCondition(
        Expression(.call(name, arguments, ignoresCase: false), range),
        text: "\(name)(\(shown.joined(separator: ", ")))", language: .lucene))
  }

  /// That a field has a phrase whose words may be moved by so many places in all.
  static func near(
    _ phrase: String, _ moves: Int, _ field: FieldSelector, _ path: String, at range: Range<Int> = 0..<0
  ) -> Predicate {
    .and([
      .test(field, .match(phrase)),
      condition("nearby", path, [phrase], [min(moves, 1000)], isLenient: field.isLenient, at: range),
    ])
  }

  /// That a text asks for nothing of fields of which each holds text: it has no word in it; `nothing` where it has.
  static func isWordless(_ text: String, _ fields: [FieldSelector]) -> Predicate {
    let paths = fields.compactMap(\.path)
    guard TextAnalyzer.words(text).isEmpty, paths.count == fields.count else { return .nothing }
    return .and(paths.map { condition("wordless", $0) })
  }

  /// Whether a condition asks for what is nearly the same, which the keys of flattened fields do not know.
  static func isFuzzy(_ condition: RowCondition) -> Bool {
    guard case .call(let name, let arguments, _) = condition.expression.node else { return false }
    switch name {
    case "fuzzy": return true
    case "word_match":
      guard arguments.count > 5, case .literal(let cell, _) = arguments[5].node else { return false }
      return cell.single?.textValue != WordMatch.Fuzziness.none.written
    default: return false
    }
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
