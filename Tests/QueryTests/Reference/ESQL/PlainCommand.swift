/// A command of a random query.
enum PlainCommand {
  struct Aggregate {
    var name: String
    /// `COUNT(*)` has no argument.
    var function: String
    var argument: PlainTerm?
    var condition: PlainTerm?
    var type: PlainType
  }

  struct Key {
    /// A key that is a column has its name.
    var name: String
    var term: PlainTerm
  }

  struct SortKey {
    var term: PlainTerm
    var isDescending: Bool
    var nullsFirst: Bool?
  }

  case filter(PlainTerm)
  case eval([(name: String, term: PlainTerm)])
  /// Names, and patterns that end in `*`.
  case keep([String])
  case drop([String])
  case rename([(old: String, new: String)])
  case stats([Aggregate], [Key], isInline: Bool)
  case sort([SortKey])
  case limit(Int)
  case limitBy(Int, [PlainTerm])
  case expand(String)
  case dissect(PlainTerm, PlainDissect)
  case grok(PlainTerm, PlainGrok)
  case join(String, [String])
  case enrich(String, on: String, [(new: String, field: String)])

  var text: String {
    switch self {
    case .filter(let term): "WHERE \(term.text)"
    case .eval(let fields): "EVAL " + fields.map { "\($0.name) = \($0.term.text)" }.joined(separator: ", ")
    case .keep(let names): "KEEP " + names.joined(separator: ", ")
    case .drop(let names): "DROP " + names.joined(separator: ", ")
    case .rename(let pairs): "RENAME " + pairs.map { "\($0.old) AS \($0.new)" }.joined(separator: ", ")
    case .stats(let aggregates, let keys, let isInline):
      (isInline ? "INLINE STATS " : "STATS ")
        + aggregates.map { one in
          "\(one.name) = \(one.function)(\(one.argument?.text ?? "*"))"
            + (one.condition.map { " WHERE \($0.text)" } ?? "")
        }.joined(separator: ", ")
        + (keys.isEmpty ? "" : " BY " + keys.map(\.text).joined(separator: ", "))
    case .sort(let keys):
      "SORT "
        + keys.map { key in
          key.term.text + (key.isDescending ? " DESC" : "")
            + (key.nullsFirst.map { $0 ? " NULLS FIRST" : " NULLS LAST" } ?? "")
        }.joined(separator: ", ")
    case .limit(let count): "LIMIT \(count)"
    case .limitBy(let count, let groups): "LIMIT \(count) BY " + groups.map(\.text).joined(separator: ", ")
    case .expand(let name): "MV_EXPAND \(name)"
    case .dissect(let term, let pattern): "DISSECT \(term.text) \"\"\"\(pattern.text)\"\"\""
    case .grok(let term, let pattern): "GROK \(term.text) \"\"\"\(pattern.text)\"\"\""
    case .join(let table, let columns): "LOOKUP JOIN \(table) ON \(columns.joined(separator: ", "))"
    case .enrich(let policy, let on, let with):
      "ENRICH \(policy) ON \(on)"
        + (with.isEmpty ? "" : " WITH " + with.map { "\($0.new) = \($0.field)" }.joined(separator: ", "))
    }
  }
}

extension PlainCommand.Key {
  var text: String {
    if case .column(let column) = term.node, column == name { return name }
    return "\(name) = \(term.text)"
  }
}

/// A pattern of DISSECT: a text, and keys with the texts behind them. A key without a name is passed over.
struct PlainDissect {
  var prefix: String
  var keys: [(name: String, delimiter: String)]

  var text: String { prefix + keys.map { "%{\($0.name)}\($0.delimiter)" }.joined() }
  var names: [String] { keys.map(\.name).filter { !$0.isEmpty } }

  func values(_ text: String) -> [String: String]? {
    guard text.count > prefix.count, prefix.isEmpty || text.hasPrefix(prefix) else { return nil }
    var rest = text.dropFirst(prefix.count)
    var found: [String] = []
    while found.count < keys.count {
      let delimiter = keys[found.count].delimiter
      if delimiter.isEmpty {
        found.append(String(rest))
        break
      }
      guard let range = rest.firstRange(of: delimiter) else { return nil }
      found.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
      // Delimiters in a row are keys of nothing.
      while rest.hasPrefix(delimiter), found.count < keys.count {
        rest = rest.dropFirst(delimiter.count)
        found.append("")
      }
    }
    return Dictionary(zip(keys.map(\.name), found)) { _, last in last }
  }
}

/// Patterns of GROK that are simple enough to be looked for by hand.
enum PlainGrok {
  /// `%{WORD:a}=%{INT:b:int}`
  case pair(String, String)
  /// `(?<a>[a-z]+) %{NOTSPACE:b}`
  case words(String, String)

  var text: String {
    switch self {
    case .pair(let first, let second): "%{WORD:\(first)}=%{INT:\(second):int}"
    case .words(let first, let second): "(?<\(first)>[a-z]+) %{NOTSPACE:\(second)}"
    }
  }

  var columns: [(name: String, type: PlainType)] {
    switch self {
    case .pair(let first, let second): [(first, .keyword), (second, .integer)]
    case .words(let first, let second): [(first, .keyword), (second, .keyword)]
    }
  }

  /// The first place that fits, as long as it can be.
  func values(_ text: String) -> [Plain]? {
    let signs = Array(text)
    func run(_ start: Int, _ fits: (Character) -> Bool) -> Int {
      signs[start...].firstIndex { !fits($0) } ?? signs.count
    }
    func isWord(_ sign: Character) -> Bool { sign.isLetter || sign.isNumber || sign == "_" }
    for start in signs.indices {
      switch self {
      case .pair:
        // A word begins and ends at its borders.
        guard start == 0 || !isWord(signs[start - 1]) else { continue }
        let end = run(start, isWord)
        guard end > start, end < signs.count, signs[end] == "=" else { continue }
        var digits = end + 1
        if digits < signs.count, "+-".contains(signs[digits]) { digits += 1 }
        guard digits < signs.count else { continue }
        let last = run(digits) { $0.isASCII && $0.isNumber }
        guard last > digits, let number = Int64(String(signs[(end + 1)..<last])) else { continue }
        return [.text(String(signs[start..<end])), .whole(number)]
      case .words:
        let end = run(start) { $0.isASCII && $0.isLowercase }
        guard end > start, end < signs.count, signs[end] == " ", end + 1 < signs.count else { continue }
        let last = run(end + 1) { !$0.isWhitespace }
        guard last > end + 1 else { continue }
        return [.text(String(signs[start..<end])), .text(String(signs[(end + 1)..<last]))]
      }
    }
    return nil
  }
}
