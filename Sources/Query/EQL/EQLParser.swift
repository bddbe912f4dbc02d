/// Reads EQL by recursive descent: the forms of queries. Expressions are read in an extension.
struct EQLParser {
  let tokens: [EQLToken]
  let text: [Unicode.Scalar]
  var at = 0
  var depth = 0

  static let keywords: Set<String> = [
    "and", "any", "by", "false", "in", "join", "like", "maxspan", "not", "null", "of", "or", "regex", "sample",
    "sequence", "true", "until", "where", "with",
  ]

  init(_ query: String) throws(QuerySyntaxError) { (tokens, text) = try EQLScanner.tokens(query) }

  // MARK: Tokens

  var token: EQLToken { tokens[at] }

  func fault(
    _ message: String, at range: Range<Int>, expected: String? = nil, hint: String? = nil
  ) -> QuerySyntaxError {
    QuerySyntaxError(message, at: range.lowerBound, in: text, expected: expected, hint: hint)
  }

  func unexpected(_ expected: String) -> QuerySyntaxError {
    let shown: String
    switch token.kind {
    case .end: return fault("the query ends too early", at: token.range, expected: expected)
    case .word(let word): shown = word
    case .quotedName(let name): shown = "`\(name.prefix(40))`"
    case .text(let text): shown = "\"\(text.prefix(40))\""
    case .whole(let number): shown = "\(number)"
    case .decimal(let number): shown = "\(number)"
    case .sign(let sign): shown = sign
    }
    return fault("mismatched input '\(shown)'", at: token.range, expected: expected)
  }

  func isWord(_ word: String, ahead: Int = 0) -> Bool {
    at + ahead < tokens.count && tokens[at + ahead].kind == .word(word)
  }

  func isSign(_ sign: String, ahead: Int = 0) -> Bool {
    at + ahead < tokens.count && tokens[at + ahead].kind == .sign(sign)
  }

  mutating func take(word: String) -> Bool {
    guard isWord(word) else { return false }
    at += 1
    return true
  }

  mutating func take(sign: String) -> Bool {
    guard isSign(sign) else { return false }
    at += 1
    return true
  }

  mutating func expect(sign: String) throws(QuerySyntaxError) {
    guard take(sign: sign) else { throw unexpected("`\(sign)`") }
  }

  // MARK: Forms

  mutating func statement() throws(QuerySyntaxError) -> EQLQuery {
    let form: EQLQuery.Form
    if isWord("sequence"), !isWord("where", ahead: 1) {
      form = try sequence()
    } else if isWord("sample"), !isWord("where", ahead: 1) {
      form = try sample()
    } else if isWord("join"), !isWord("where", ahead: 1) {
      throw fault("[join] is not supported", at: token.range, hint: "write a sequence or a sample")
    } else {
      form = .event(try eventTest())
    }
    var pipes: [EQLQuery.Pipe] = []
    while isSign("|") {
      let bar = token.range
      at += 1
      if case .sample = form { throw fault("a sample has no pipes", at: bar) }
      pipes.append(try pipe())
    }
    guard token.kind == .end else { throw unexpected("the end of the query") }
    return EQLQuery(form: form, pipes: pipes, text: text)
  }

  private mutating func pipe() throws(QuerySyntaxError) -> EQLQuery.Pipe {
    let name = token
    guard case .word(let word) = name.kind else { throw unexpected("a pipe: head or tail") }
    at += 1
    switch word {
    case "head", "tail":
      let count = try count(of: name)
      return word == "head" ? .head(count) : .tail(count)
    case "count", "filter", "sort", "unique", "unique_count":
      throw fault("Pipe [\(word)] is not supported", at: name.range, expected: "head or tail")
    default: throw fault("Unrecognized pipe [\(word)]", at: name.range, expected: "head or tail")
    }
  }

  /// The argument of a pipe: a number, or arithmetic of numbers.
  private mutating func count(of pipe: EQLToken) throws(QuerySyntaxError) -> Int {
    let name = "Pipe [\(String(String.UnicodeScalarView(text[pipe.range])))]"
    if token.kind == .end || isSign("|") {
      throw fault("\(name) expects exactly one argument but found [0]", at: pipe.range, expected: "a whole number")
    }
    let argument = try expression()
    if isSign(",") {
      throw fault("\(name) expects exactly one argument", at: token.range, expected: "the end of the query or `|`")
    }
    let written = String(String.UnicodeScalarView(text[argument.range]))
    let wrong = fault(
      "\(name) expects a positive integer but found [\(written.prefix(80))]", at: argument.range,
      expected: "a whole number")
    // Neither fields nor functions are known here.
    var checker = TypeChecker(functions: FunctionRegistry(), now: nil) { _, _, range throws(TypeFault) in
      throw TypeFault("", at: range)
    }
    guard let typed = try? checker.check(argument), typed.type.isWhole, let count = typed.constant?.single?.wholeValue,
      count >= 0
    else { throw wrong }
    return Int(clamping: count)
  }

  mutating func eventTest() throws(QuerySyntaxError) -> EQLQuery.EventTest {
    let start = token
    let category: String?
    switch start.kind {
    case .word("any"): category = nil
    case .text(let name): category = name
    case .word(let name) where !Self.keywords.contains(name): category = name
    default: throw unexpected("an event category, or `any`")
    }
    at += 1
    guard take(word: "where") else { throw unexpected("`where`") }
    let condition = try expression()
    return EQLQuery.EventTest(
      category: category, condition: condition, range: start.range.lowerBound..<condition.range.upperBound)
  }

  /// `by a, ?b`.
  private mutating func keys() throws(QuerySyntaxError) -> [EQLQuery.Key] {
    guard take(word: "by") else { return [] }
    var keys: [EQLQuery.Key] = []
    repeat {
      let start = token.range.lowerBound
      let isOptional = take(sign: "?")
      let name = try fieldName()
      keys.append(EQLQuery.Key(field: name, isOptional: isOptional, range: start..<tokens[at - 1].range.upperBound))
    } while take(sign: ",")
    return keys
  }

  private mutating func sequence() throws(QuerySyntaxError) -> EQLQuery.Form {
    let start = token.range
    at += 1
    let shared = try keys()
    var maxspan: Int64?
    if isWord("with") {
      at += 1
      maxspan = try span()
      if isWord("by") {
        throw fault("`by` stands before `with`", at: token.range, hint: "sequence by … with maxspan=…")
      }
    }
    var items: [EQLQuery.Item] = []
    var steps = 0
    while isSign("[") || isSign("!") {
      let place = token.range
      steps += 1
      var (item, runs) = try item(shared, mayMiss: true, mayRun: true)
      guard items.count + runs <= EQL.mostItems else {
        throw fault("the sequence has too many items", at: place, expected: "at most \(EQL.mostItems)")
      }
      for run in 1...runs {
        item.step = EQLQuery.Step(number: steps, run: run, runs: runs)
        items.append(item)
      }
    }
    guard !items.isEmpty else { throw unexpected("`[`") }
    var until: EQLQuery.Item?
    if take(word: "until") {
      if isSign("!") { throw fault("an `until` cannot be a missing event", at: token.range, expected: "`[`") }
      until = try item(shared, mayMiss: false, mayRun: false).item
      until?.step.number = steps + 1
    }
    guard items.count >= 2 else {
      throw fault("A sequence requires a minimum of 2 queries, found [1]", at: start, expected: "two items")
    }
    let positive = items.filter { !$0.isMissing }
    guard !positive.isEmpty else {
      throw fault("A sequence requires at least one positive event query, found only missing ones", at: start)
    }
    if maxspan == nil, positive.count < items.count {
      throw fault(
        "[maxspan] is required for sequences with missing events queries", at: start,
        hint: "sequence … with maxspan=1m …")
    }
    try checkKeys(items + (until.map { [$0] } ?? []))
    return .sequence(items, maxspan: maxspan, until: until)
  }

  private mutating func sample() throws(QuerySyntaxError) -> EQLQuery.Form {
    let start = token.range
    at += 1
    let shared = try keys()
    if isWord("with") { throw fault("a sample has no `with`", at: token.range, expected: "`[`") }
    var items: [EQLQuery.Item] = []
    while isSign("[") || isSign("!") {
      if isSign("!") {
        throw fault("Missing events are supported only for sequences", at: token.range, expected: "`[`")
      }
      items.append(try item(shared, mayMiss: false, mayRun: false).item)
      items[items.count - 1].step.number = items.count
      guard items.count <= EQL.mostItems else {
        throw fault("the sample has too many items", at: start, expected: "at most \(EQL.mostItems)")
      }
    }
    if isWord("until") { throw fault("a sample has no `until`", at: token.range) }
    guard items.count >= 2 else {
      throw fault("A sample requires a minimum of 2 queries, found [\(items.count)]", at: start, expected: "two items")
    }
    guard items.allSatisfy({ !$0.keys.isEmpty }) else {
      throw fault("A sample must have at least one join key", at: start, hint: "sample by host.id […] […]")
    }
    try checkKeys(items)
    return .sample(items)
  }

  private func checkKeys(_ items: [EQLQuery.Item]) throws(QuerySyntaxError) {
    guard let first = items.first else { return }
    for item in items where item.keys.count != first.keys.count {
      throw fault(
        "Inconsistent number of join keys specified; expected [\(first.keys.count)] but found [\(item.keys.count)]",
        at: item.test.range, expected: "as many keys in each item")
    }
  }

  private mutating func item(
    _ shared: [EQLQuery.Key], mayMiss: Bool, mayRun: Bool
  ) throws(QuerySyntaxError) -> (item: EQLQuery.Item, runs: Int) {
    let isMissing = mayMiss && take(sign: "!")
    try expect(sign: "[")
    let test = try eventTest()
    try expect(sign: "]")
    let own = try keys()
    var runs = 1
    if isWord("with") {
      let start = token.range
      guard mayRun else { throw fault("`runs` is for the items of a sequence", at: start) }
      at += 1
      guard take(word: "runs") else { throw unexpected("`runs`") }
      try expect(sign: "=")
      guard case .whole(let count) = token.kind, (1...100).contains(count) else {
        throw fault("runs is a number of events", at: token.range, expected: "a whole number from 1 to 100")
      }
      runs = Int(count)
      at += 1
    }
    return (EQLQuery.Item(test: test, keys: shared + own, isMissing: isMissing), runs)
  }

  /// `maxspan=30s`, in milliseconds.
  private mutating func span() throws(QuerySyntaxError) -> Int64 {
    guard take(word: "maxspan") else { throw unexpected("`maxspan`") }
    try expect(sign: "=")
    let place = token.range
    if isSign("-") { throw fault("A positive maxspan value is required", at: place, expected: "a span such as 5m") }
    guard case .whole(let count) = token.kind else {
      if case .decimal = token.kind {
        throw fault("a span is a whole number with a unit", at: place, expected: "a span such as 500ms")
      }
      throw unexpected("a span such as 5m")
    }
    at += 1
    guard count > 0 else { throw fault("A positive maxspan value is required; found [\(count)]", at: place) }
    let units: [String: Int64] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
    guard case .word(let word) = token.kind, let unit = units[word] else {
      if case .word(let word) = token.kind, !Self.keywords.contains(word) {
        throw fault("Unrecognized time unit [\(word)] in maxspan", at: token.range, expected: "ms, s, m, h or d")
      }
      throw fault(
        "No time unit specified, did you mean [s] as in [\(count)s]?", at: place, expected: "ms, s, m, h or d")
    }
    at += 1
    let (span, isOver) = count.multipliedReportingOverflow(by: unit)
    guard !isOver else { throw fault("the span is too long", at: place) }
    return span
  }
}
