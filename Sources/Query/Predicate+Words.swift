import Events

extension Predicate {
  /// A condition as a person would say it: `event.action is one of “StopLogging”, “DeleteTrail”`.
  ///
  /// - Parameters:
  ///   - negated: The opposite: `event.action is none of …`.
  ///   - catalog: Where the field holds text, its words are spoken of.
  public func words(negated: Bool = false, catalog: FieldCatalog? = nil) -> String {
    switch self {
    case .exists(let field): return "\(field.words) \(negated ? "has no value" : "has a value")"
    case .test(let field, _):
      return TestWords(field, catalog).words(alternatives ?? [], negated: negated)
    case .or(let parts):
      if let field = commonField, let tests = alternatives {
        return TestWords(field, catalog).words(tests, negated: negated)
      }
      return joined(parts, negated ? "and" : "or", negated, catalog)
    case .and(let parts): return joined(parts, negated ? "or" : "and", negated, catalog)
    case .not(let inner): return inner.words(negated: !negated, catalog: catalog)
    case .nested(let path, let inner):
      return "\(negated ? "no" : "one") object of \(path.text): \(inner.words(catalog: catalog))"
    case .holds(let condition): return "\(negated ? "not true" : "true"): \(condition.text)"
    case .all: return negated ? "no event" : "every event"
    case .nothing: return negated ? "every event" : "no event"
    }
  }

  private func joined(_ parts: [Predicate], _ word: String, _ negated: Bool, _ catalog: FieldCatalog?) -> String {
    parts.map { part in
      let text = part.words(negated: negated, catalog: catalog)
      switch part {
      case .and, .or: return part.commonField == nil ? "(\(text))" : text
      default: return text
      }
    }.joined(separator: " \(word) ")
  }

  /// The one field that this asks for one of several values; nil for anything else.
  public var commonField: FieldSelector? {
    switch self {
    case .test(let field, _): return field
    case .or(let parts):
      guard let first = parts.first?.commonField, parts.allSatisfy({ $0.commonField == first }) else { return nil }
      return first
    default: return nil
    }
  }

  /// The tests of which one value of `commonField` is to pass one.
  private var alternatives: [ValueTest]? {
    switch self {
    case .test(_, let test): return [test]
    case .or(let parts):
      let tests = parts.compactMap(\.alternatives)
      return tests.count == parts.count ? tests.flatMap(\.self) : nil
    default: return nil
    }
  }

  /// The longest text without a wildcard that a value is to hold; nil where there is none.
  public var longestLiteral: String? {
    (alternatives ?? []).flatMap(\.literals).max { $0.count < $1.count }.flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension ValueTest {
  fileprivate var literals: [String] {
    switch self {
    case .match(let text), .phrase(let text), .term(let text): [text]
    case .wildcard(let pattern), .termPattern(let pattern):
      pattern.parts.compactMap { if case .literal(let text) = $0 { text } else { nil } }
    case .sigma(.pattern(let pattern)):
      pattern.parts.compactMap { if case .literal(let text) = $0 { text } else { nil } }
    case .words(let asked): asked.isFuzzy ? [] : asked.texts
    case .inZone(let inner, _): inner.literals
    case .range, .list, .regex, .sigma: []
    }
  }
}

/// What one field is to be, in words.
private struct TestWords {
  private let field: String
  /// True where single words of a text are compared.
  private let isText: Bool

  /// So many values are named; of more it is said how many there are.
  private static let most = 8
  /// Characters that are shown of a value.
  private static let longest = 120

  init(_ field: FieldSelector, _ catalog: FieldCatalog?) {
    self.field = field.words
    if let catalog, case .named(let path) = field.strict {
      isText = catalog.resolve(path).type.isAnalyzed
    } else {
      isText = false
    }
  }

  func words(_ tests: [ValueTest], negated: Bool) -> String {
    var clauses: [String] = []
    let values = tests.compactMap(plain)
    let verb = isText ? (negated ? "does not have" : "has") : (negated ? "is not" : "is")
    let kind = isText ? " the words" : ""
    switch values.count {
    case 0: break
    case 1: clauses.append("\(verb)\(kind) \(quoted(values[0]))")
    case 2: clauses.append("\(verb)\(kind) \(quoted(values[0])) \(negated ? "nor" : "or") \(quoted(values[1]))")
    default:
      let shown = values.prefix(Self.most).map(quoted).joined(separator: ", ")
      let more = values.count > Self.most ? ", … (\(values.count) in all)" : ""
      let lead =
        isText ? (negated ? "has none of the words" : "has one of the words") : (negated ? "is none of" : "is one of")
      clauses.append("\(lead) \(shown)\(more)")
    }
    let others = tests.filter { plain($0) == nil }
    clauses += others.prefix(Self.most).map { clause($0, negated: negated) }
    if others.count > Self.most { clauses.append("… (\(others.count - Self.most) more)") }
    return "\(field) " + clauses.joined(separator: negated ? " and " : " or ")
  }

  /// A value that is asked for as it stands.
  private func plain(_ test: ValueTest) -> String? {
    switch test {
    case .match(let text), .phrase(let text), .term(let text): text
    case .wildcard(let pattern), .termPattern(let pattern): pattern.ignoresCase ? nil : pattern.plainText
    case .sigma(let asked): asked.plainText
    case .inZone(let inner, let zone): plain(inner).map { "\($0) (\(zone.name))" }
    case .range, .list, .regex, .words: nil
    }
  }

  private func clause(_ test: ValueTest, negated: Bool) -> String {
    switch test {
    case .match, .phrase, .term, .inZone: return ""
    case .wildcard(let pattern), .termPattern(let pattern): return clause(pattern, negated: negated)
    case .regex(let regex):
      return "\(negated ? "does not fit" : "fits") the regular expression \(quoted(regex.pattern))"
        + (regex.ignoresCase ? ", in upper or lower case" : "")
    case .words(let asked): return asked.clause(negated: negated, quoted: quoted)
    case .sigma(let asked): return asked.clause(negated: negated) { clause($0, negated: negated) }
    case .list(let list):
      return "is \(negated ? "not " : "")on a list of \(list.count) \(list.count == 1 ? "value" : "values")"
    case .range(let lower, let upper):
      let parts = [
        lower.map { ($0.inclusive ? "at least " : "above ") + $0.shown },
        upper.map { ($0.inclusive ? "at most " : "below ") + $0.shown },
      ]
      return "is \(negated ? "not " : "")" + parts.compactMap { $0 }.joined(separator: " and ")
    }
  }

  /// A pattern by its texts in their order; stars stand between them.
  private func clause(_ pattern: WildcardPattern, negated: Bool) -> String {
    let anyCase = pattern.ignoresCase ? ", in upper or lower case" : ""
    let subject = isText ? (negated ? "has no word that " : "has a word that ") : ""
    let negated = isText ? false : negated
    func verb(_ base: String, _ third: String) -> String { subject + (negated ? "does not \(base)" : third) }
    if pattern.matchesEverything { return isText || !negated ? "has a value" : "has no value" }
    let parts = pattern.parts
    let texts = parts.compactMap { if case .literal(let text) = $0 { text } else { nil } }
    // One character of any kind has no word; the pattern then stands as it is written.
    guard !parts.contains(.anyCharacter), !texts.isEmpty else {
      let signs = [
        parts.contains(.anyCharacter) ? "? is any one character" : "",
        parts.contains(.anyRun) ? "* any run of them" : "",
      ]
      let key = signs.filter { !$0.isEmpty }.joined(separator: ", ")
      return subject + (negated ? "is not like" : "is like") + " \(quoted(pattern.text)) (\(key))\(anyCase)"
    }
    if parts.count == 1 { return subject + (negated ? "is not " : "is ") + quoted(texts[0]) + anyCase }
    let beginsFixed = parts.first != .anyRun
    let endsFixed = parts.last != .anyRun
    var inner = texts[...]
    var clauses: [String] = []
    if beginsFixed, let first = inner.popFirst() {
      clauses.append(verb("begin with", "begins with") + " " + quoted(first))
    }
    let last = endsFixed ? inner.popLast() : nil
    if !inner.isEmpty {
      let held = inner.map(quoted).joined(separator: ", then ")
      clauses.append(
        clauses.isEmpty ? verb("contain", "contains") + " " + held : "then \(negated ? "hold" : "holds") " + held)
    }
    if let last {
      clauses.append(
        (clauses.isEmpty ? verb("end with", "ends with") : (negated ? "end with" : "ends with")) + " " + quoted(last))
    }
    return clauses.joined(separator: " and ") + anyCase
  }

  private func quoted(_ text: String) -> String {
    text.count > Self.longest ? "“\(text.prefix(Self.longest))…”" : "“\(text)”"
  }
}

extension RangeBound {
  fileprivate var shown: String { zone.map { "\(value) (\($0.name))" } ?? value }
}

extension FieldSelector {
  fileprivate var words: String {
    switch self {
    case .named(let path): path
    case .matching(let pattern): path ?? "a field like \(pattern.text)"
    case .any: "any field"
    case .lenient(let inner): inner.words
    }
  }
}
