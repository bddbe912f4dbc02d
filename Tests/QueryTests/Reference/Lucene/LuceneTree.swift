/// A query string as a tree: a list of clauses, joined, signed, on fields.
struct LuceneTree: Hashable {
  enum Join: Hashable { case none, and, or }
  enum Sign: Hashable { case none, plus, minus, not }

  /// What a clause says of its field.
  enum Leaf: Hashable {
    case word(String)
    case phrase(String, moves: Int?)
    case pattern([SearchPattern.Piece])
    case regex(SearchRegex)
    case range(SearchRange)
    /// `>5`, which is plain text where no field is named.
    case comparison(sign: String, String)
    case fuzzy(String, SearchEdits?)
  }

  indirect enum Body: Hashable {
    case leaf(Leaf)
    case group(LuceneTree)
    case exists(String)
  }

  struct Clause: Hashable {
    var join = Join.none
    var sign = Sign.none
    /// nil where none is named; `*` for every field.
    var field: String?
    var body: Body
    var boost: Int?

    /// A word with nothing before and behind it; a comparison is written as one.
    var bareWord: String? {
      guard join == .none, sign == .none, field == nil, boost == nil else { return nil }
      switch body {
      case .leaf(.word(let word)): return word
      case .leaf(.comparison(let sign, let value)): return sign + value
      default: return nil
      }
    }

    /// Begins with a star alone.
    var beginsWithStar: Bool {
      guard join == .none, sign == .none else { return false }
      if let field { return field == "*" }
      return body == .leaf(.pattern([.star]))
    }
  }

  var clauses: [Clause]

  /// The clauses with bare words side by side as one text, as the parser takes them: a word before an operator or a lone star
  /// stays alone.
  var merged: [(clause: Clause, words: [String])] {
    var found: [(Clause, [String])] = []
    var at = 0
    while at < clauses.count {
      var words: [String] = []
      if let first = clauses[at].bareWord {
        words = [first]
        var next = at + 1
        while next < clauses.count, let word = clauses[next].bareWord {
          let follows = next + 1 < clauses.count ? clauses[next + 1] : nil
          if let follows, follows.join != .none || follows.beginsWithStar { break }
          words.append(word)
          next += 1
        }
      }
      found.append((clauses[at], words.count > 1 ? words : []))
      at += max(1, words.count)
    }
    return found
  }
}

// MARK: Text

extension LuceneTree {
  var text: String {
    clauses.enumerated().map { at, clause in (at > 0 ? " " : "") + clause.text }.joined()
  }

  /// A word with its signs escaped.
  static func escaped(_ word: String) -> String {
    if ["AND", "OR", "NOT"].contains(word) { return "\\" + word }
    return word.map { #"+-!():^[]"{}~*?\/&|<> "#.contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  static func quoted(_ text: String) -> String {
    "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }
}

extension LuceneTree.Clause {
  fileprivate var text: String {
    let joins: [LuceneTree.Join: String] = [.none: "", .and: "AND ", .or: "OR "]
    let signs: [LuceneTree.Sign: String] = [.none: "", .plus: "+", .minus: "-", .not: "NOT "]
    var text = joins[join]! + signs[sign]!
    if let field { text += (field == "*" ? "*" : LuceneTree.escaped(field)) + ":" }
    switch body {
    case .leaf(let leaf): text += leaf.text
    case .group(let tree): text += "(" + tree.text + ")"
    case .exists(let field): text += "_exists_:" + LuceneTree.escaped(field)
    }
    return text + (boost.map { "^\($0)" } ?? "")
  }
}

extension LuceneTree.Leaf {
  fileprivate var text: String {
    switch self {
    case .word(let word): LuceneTree.escaped(word)
    case .phrase(let text, let moves): LuceneTree.quoted(text) + (moves.map { "~\($0)" } ?? "")
    case .pattern(let pieces):
      pieces.map { piece in
        switch piece {
        case .text(let text): LuceneTree.escaped(text)
        case .star: "*"
        case .one: "?"
        }
      }.joined()
    // A slash in it stands behind a backslash, as every sign does.
    case .regex(let regex): "/" + regex.text + "/"
    case .range(let range):
      (range.lower?.isInclusive ?? true ? "[" : "{") + end(range.lower) + " TO " + end(range.upper)
        + (range.upper?.isInclusive ?? true ? "]" : "}")
    case .comparison(let sign, let value): sign + LuceneTree.escaped(value)
    case .fuzzy(let word, let edits):
      LuceneTree.escaped(word) + "~" + (edits.map { $0 == .auto ? "AUTO" : $0.text } ?? "")
    }
  }

  private func end(_ end: SearchRange.End?) -> String { end.map { LuceneTree.quoted($0.value) } ?? "*" }
}
