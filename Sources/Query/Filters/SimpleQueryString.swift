import Foundation

/// The syntax of `simple_query_string`: `+` `|` `-` `"…"` `*` `( )` `~2`, of which nothing is ever an error.
///
/// Words join from left to right, by OR unless something else is said; a sign that makes no sense where it stands is passed over.
/// As Lucene's SimpleQueryParser reads it.
struct SimpleQueryString {
  /// The most clauses of a list that are counted.
  private static let mostCounted = 1024

  /// What the text's signs mean; one that is left out stands for itself.
  struct Signs: OptionSet {
    let rawValue: Int
    static let and = Signs(rawValue: 1)
    static let not = Signs(rawValue: 2)
    static let or = Signs(rawValue: 4)
    static let prefix = Signs(rawValue: 8)
    static let phrase = Signs(rawValue: 16)
    static let precedence = Signs(rawValue: 32)
    static let escape = Signs(rawValue: 64)
    static let whitespace = Signs(rawValue: 128)
    static let fuzzy = Signs(rawValue: 256)
    static let near = Signs(rawValue: 512)
    static let all = Signs(rawValue: 1023)

    private static let names: [String: Signs] = [
      "ALL": .all, "NONE": [], "AND": .and, "NOT": .not, "OR": .or, "PREFIX": .prefix, "PHRASE": .phrase,
      "PRECEDENCE": .precedence, "ESCAPE": .escape, "WHITESPACE": .whitespace, "FUZZY": .fuzzy, "NEAR": .near,
      "SLOP": .near,
    ]

    /// The signs of `flags`, such as `OR|AND|PREFIX`; nil where one is unknown.
    static func named(_ text: String) -> Signs? {
      var signs: Signs = []
      for name in text.split(separator: "|", omittingEmptySubsequences: false) {
        guard let sign = names[name.uppercased()] else { return nil }
        signs.insert(sign)
      }
      return signs
    }
  }

  /// What stands between the signs.
  enum Leaf {
    case word(String)
    case prefix(String)
    case fuzzy(String, edits: Int)
    case phrase(String, moves: Int)
  }

  /// A part of the query, which is none where it has no word for fields of text: it is then false, and takes no part.
  private struct Part {
    var predicate: Predicate
    var isAbsent = Predicate.nothing
    /// What it is made of, for the number that `minimum_should_match` asks of the whole query.
    var form: Form
  }

  /// Of what a part is made, as Lucene builds it.
  private enum Form {
    /// No list: what it asks for where it is the whole query.
    case alone(Predicate)
    /// A list of which some clauses may hold, and others have to.
    case list(optional: [Predicate], required: [Predicate])
  }

  private enum Operation {
    case and
    case or
  }

  /// One level of parentheses: what was read of it, and what the next part is joined by.
  private struct Level {
    var end: Int
    var top: Part?
    var operation: Operation?
    /// What joined the parts before: another operation puts them into a list of their own.
    var previous: Operation?
    var isNegated = false
  }

  private let scalars: [Unicode.Scalar]
  private let signs: Signs
  private let joinsAll: Bool
  private let least: MinimumMatch?
  private let path: String
  private let leaf: (Leaf, MinimumMatch?) throws(FilterError) -> Predicate
  private let isAbsent: (String) -> Predicate
  private var at = 0

  /// What a text asks for; `leaf` is what a word of it asks for, with the number of its own words that is asked for where it
  /// is the whole query, and `isAbsent` whether a word or phrase asks for nothing. Nothing matches a text without words.
  ///
  /// - Parameter least: how many of the clauses that may hold have to, where the query is a list of them.
  static func predicate(
    _ text: String, signs: Signs, joinsAll: Bool, least: MinimumMatch?, path: String,
    leaf: @escaping (Leaf, MinimumMatch?) throws(FilterError) -> Predicate, isAbsent: @escaping (String) -> Predicate
  ) throws(FilterError) -> Predicate {
    if text.trimmingCharacters(in: .whitespacesAndNewlines) == "*" { return .all }
    var parser = SimpleQueryString(
      scalars: Array(text.unicodeScalars), signs: signs, joinsAll: joinsAll, least: least, path: path, leaf: leaf,
      isAbsent: isAbsent)
    guard let whole = try parser.level(upTo: parser.scalars.count, depth: 0) else { return .nothing }
    return try parser.counted(whole)
  }

  private init(
    scalars: [Unicode.Scalar], signs: Signs, joinsAll: Bool, least: MinimumMatch?, path: String,
    leaf: @escaping (Leaf, MinimumMatch?) throws(FilterError) -> Predicate, isAbsent: @escaping (String) -> Predicate
  ) {
    self.isAbsent = isAbsent
    self.scalars = scalars
    self.signs = signs
    self.joinsAll = joinsAll
    self.least = least
    self.path = path
    self.leaf = leaf
  }

  /// The whole query with so many of its clauses as are asked for.
  private func counted(_ whole: Part) throws(FilterError) -> Predicate {
    guard let least else { return whole.predicate }
    switch whole.form {
    case .alone(let predicate): return predicate
    case .list(let optional, let required):
      let number = least.count(of: optional.count)
      guard number > 0 else { return whole.predicate }
      guard let enough = QueryDSL.atLeast(number, of: optional) else {
        throw FilterError(QueryDSL.tooMany, at: path, isUnsupported: true)
      }
      return .and(required + [enough])
    }
  }

  /// A part that stands for itself.
  private func part(_ leaf: Leaf, isAbsent: Predicate = .nothing) throws(FilterError) -> Part {
    let predicate = try self.leaf(leaf, nil)
    guard let least else { return Part(predicate: predicate, isAbsent: isAbsent, form: .alone(predicate)) }
    // How many clauses there are has to be known before they are counted.
    guard isAbsent == .nothing else {
      throw FilterError(
        "`minimum_should_match` is not supported beside signs without a word", at: path, isUnsupported: true)
    }
    return Part(predicate: predicate, isAbsent: isAbsent, form: .alone(try self.leaf(leaf, least)))
  }

  private mutating func level(upTo end: Int, depth: Int) throws(FilterError) -> Part? {
    guard depth < RuleFilters.deepestNesting else {
      throw FilterError("parentheses stand too deep inside each other", at: path)
    }
    var level = Level(end: end)
    while at < end {
      let sign = scalars[at]
      if sign == "(", signs.contains(.precedence) {
        try group(&level, depth: depth)
      } else if sign == ")", signs.contains(.precedence) {
        at += 1
      } else if sign == "\"", signs.contains(.phrase) {
        try phrase(&level)
      } else if sign == "+", signs.contains(.and) {
        if level.operation == nil, level.top != nil { level.operation = .and }
        at += 1
      } else if sign == "|", signs.contains(.or) {
        if level.operation == nil, level.top != nil { level.operation = .or }
        at += 1
      } else if sign == "-", signs.contains(.not) {
        level.isNegated.toggle()
        at += 1
        continue
      } else if Self.isBlank(sign), signs.contains(.whitespace) {
        at += 1
      } else {
        try word(&level)
      }
      // A minus sign stands right before what it negates.
      level.isNegated = false
    }
    return level.top
  }

  private func join(_ part: Part, to level: inout Level) throws(FilterError) {
    var part = part
    if level.isNegated {
      part.form = .list(optional: [.all], required: [.not(part.predicate)])
      part.predicate = .and([.not(part.predicate), .not(part.isAbsent)])
    }
    if let top = level.top {
      let operation = level.operation ?? (joinsAll ? .and : .or)
      let isAbsent = Predicate.and([top.isAbsent, part.isAbsent]).simplified()
      let form = try form(of: top, and: part, by: operation, in: level)
      switch operation {
      case .and where isAbsent == .nothing && top.isAbsent == .nothing && part.isAbsent == .nothing:
        level.top = Part(predicate: .and([top.predicate, part.predicate]), form: form)
      case .and:
        level.top = Part(
          predicate: .and([
            .or([top.isAbsent, top.predicate]), .or([part.isAbsent, part.predicate]), .not(isAbsent),
          ]), isAbsent: isAbsent, form: form)
      case .or: level.top = Part(predicate: .or([top.predicate, part.predicate]), isAbsent: isAbsent, form: form)
      }
      level.previous = operation
    } else {
      level.top = part
    }
    level.operation = nil
  }

  /// The list that two parts make: one more clause of that before, or what was read before and the new part in a new one.
  private func form(
    of top: Part, and part: Part, by operation: Operation, in level: Level
  ) throws(FilterError) -> Form {
    // Nothing is asked of the lists.
    if least == nil { return top.form }
    var optional: [Predicate] = []
    var required: [Predicate] = []
    if level.previous == operation, case .list(let before, let needed) = top.form {
      (optional, required) = (before, needed)
      guard optional.count + required.count < Self.mostCounted else {
        throw FilterError(
          "`minimum_should_match` is asked of more than \(Self.mostCounted) words", at: path, isUnsupported: true)
      }
    } else if operation == .or {
      optional = [top.predicate]
    } else {
      required = [top.predicate]
    }
    if operation == .or { optional.append(part.predicate) } else { required.append(part.predicate) }
    return .list(optional: optional, required: required)
  }

  private mutating func group(_ level: inout Level, depth: Int) throws(FilterError) {
    at += 1
    let start = at
    var open = 1
    var isEscaped = false
    scan: while at < level.end {
      if !isEscaped {
        switch scalars[at] {
        case "\\" where signs.contains(.escape):
          isEscaped = true
          at += 1
          continue
        case "(": open += 1
        case ")":
          open -= 1
          if open == 0 { break scan }
        default: break
        }
      }
      isEscaped = false
      at += 1
    }
    let end = at
    guard end < level.end else {
      // Never closed: as if it were not there.
      at = start
      return
    }
    if end == start {
      level.operation = nil
    } else {
      at = start
      if let part = try self.level(upTo: end, depth: depth + 1) { try join(part, to: &level) }
    }
    at = end + 1
  }

  private mutating func phrase(_ level: inout Level) throws(FilterError) {
    at += 1
    let start = at
    var text = String.UnicodeScalarView()
    var isEscaped = false
    while at < level.end {
      if !isEscaped {
        if scalars[at] == "\\", signs.contains(.escape) {
          isEscaped = true
          at += 1
          continue
        }
        if scalars[at] == "\"" { break }
      }
      isEscaped = false
      text.append(scalars[at])
      at += 1
    }
    guard at < level.end else {
      at = start
      return
    }
    let hasTilde = at + 1 < level.end && scalars[at + 1] == "~" && signs.contains(.near)
    if at == start, !hasTilde {
      level.operation = nil
      at += 1
      return
    }
    at += 1
    var moves = 0
    if hasTilde {
      if at + 1 < level.end { moves = number(level) }
      // Lucene passes over the sign that ends the number: a `|` behind it joins nothing.
      at += 1
    }
    let phrase = String(text)
    try join(part(.phrase(phrase, moves: moves), isAbsent: isAbsent(phrase)), to: &level)
  }

  private mutating func word(_ level: inout Level) throws(FilterError) {
    var text = String.UnicodeScalarView()
    var isEscaped = false
    var isPrefix = false
    var isFuzzy = false
    while at < level.end {
      if !isEscaped {
        if scalars[at] == "\\", signs.contains(.escape) {
          isEscaped = true
          isPrefix = false
          at += 1
          continue
        }
        if endsWord(scalars[at]) { break }
        if !text.isEmpty, scalars[at] == "~", signs.contains(.fuzzy) {
          isFuzzy = true
          break
        }
        isPrefix = !text.isEmpty && scalars[at] == "*" && signs.contains(.prefix)
      }
      isEscaped = false
      text.append(scalars[at])
      at += 1
    }
    guard !text.isEmpty else { return }
    let edits = isFuzzy ? min(2, number(level)) : 0
    if edits > 0 {
      try join(part(.fuzzy(String(text), edits: edits)), to: &level)
    } else if isPrefix, !isFuzzy {
      try join(part(.prefix(String(text.dropLast()))), to: &level)
    } else {
      try join(part(.word(String(text)), isAbsent: isAbsent(String(text))), to: &level)
    }
  }

  /// The number behind `~`: 2 where there is none, 0 where it is no number.
  private mutating func number(_ level: Level) -> Int {
    at += 1
    let start = at
    while at < level.end, !endsWord(scalars[at]) { at += 1 }
    guard at > start else { return 2 }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[start..<at])
    return max(0, min(Int(String(text)) ?? 0, 1000))
  }

  private func endsWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\"": signs.contains(.phrase)
    case "|": signs.contains(.or)
    case "+": signs.contains(.and)
    case "(", ")": signs.contains(.precedence)
    default: Self.isBlank(scalar) && signs.contains(.whitespace)
    }
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
  }
}
