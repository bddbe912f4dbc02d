/// An expression as it is written.
struct ESQLTerm: Sendable {
  indirect enum Form: Sendable {
    case literal(Cell, DataType)
    case column(String)
    case negative(ESQLTerm)
    case arithmetic(ArithmeticOperator, ESQLTerm, ESQLTerm)
    case comparison(ComparisonOperator, ESQLTerm, ESQLTerm)
    case and(ESQLTerm, ESQLTerm)
    case or(ESQLTerm, ESQLTerm)
    case not(ESQLTerm)
    case isNull(ESQLTerm)
    case isNotNull(ESQLTerm)
    case among(ESQLTerm, [ESQLTerm])
    /// The same of the values that a query gives.
    case amongRows(ESQLTerm, ESQLRows)
    /// `LIKE` and `RLIKE`: any of the patterns, each with its place.
    case like(ESQLTerm, [ESQLWritten], isRegex: Bool)
    case match(ESQLTerm, ESQLTerm)
    case cast(ESQLTerm, DataType)
    case function(name: String, nameRange: Range<Int>, [ESQLTerm], options: [(name: String, value: ESQLTerm)])
    /// The `*` of `COUNT(*)`.
    case star
  }

  var form: Form
  /// Where it stands, in Unicode scalars of the query.
  var range: Range<Int>
  /// Set by brackets around it: how far they reach.
  var outerRange: Range<Int>?

  var reach: Range<Int> { outerRange ?? range }
}

/// A text of a query with its place.
struct ESQLWritten: Sendable {
  var text: String
  var range: Range<Int>
  /// For a name in backquotes: a `*` in it is plain.
  var isQuoted = false
}

extension ESQLTerm {
  /// What the term says, wherever and however spaced it is written: equal terms have one shape.
  var shape: String {
    switch form {
    case .literal(let cell, let type): "\(type) \(cell)"
    case .column(let name): "`\(name.replacing("`", with: "``"))`"
    case .star: "*"
    case .negative(let inner): "(- \(inner.shape))"
    case .arithmetic(let kind, let left, let right): "(\(left.shape) \(kind.rawValue) \(right.shape))"
    case .comparison(let kind, let left, let right): "(\(left.shape) \(kind.rawValue) \(right.shape))"
    case .and(let left, let right): "(\(left.shape) and \(right.shape))"
    case .or(let left, let right): "(\(left.shape) or \(right.shape))"
    case .not(let inner): "(not \(inner.shape))"
    case .isNull(let inner): "(\(inner.shape) is null)"
    case .isNotNull(let inner): "(\(inner.shape) is not null)"
    case .among(let value, let list): "(\(value.shape) in \(list.map(\.shape)))"
    case .amongRows(let value, let rows): "(\(value.shape) in rows \(rows.query.commands.first?.range.lowerBound ?? 0))"
    case .like(let value, let patterns, let isRegex):
      "(\(value.shape) \(isRegex ? "rlike" : "like") \(patterns.map(\.text)))"
    case .match(let left, let right): "(\(left.shape) : \(right.shape))"
    case .cast(let inner, let type): "(\(inner.shape)::\(type))"
    case .function(let name, _, let arguments, let options):
      "\(name.uppercased())(\(arguments.map(\.shape)) \(options.map { "\($0.name) \($0.value.shape)" }))"
    }
  }
}

extension ESQLTerm {
  /// A function of full text that stands where it cannot: within something that is neither `AND`, `OR`, `NOT` nor a comparison.
  struct MisusedFullText {
    /// The function as messages call it, such as `[MATCH] function`.
    var name: String
    /// What it stands in, as messages call it.
    var parent: String
    /// What it stands in takes values of any type.
    var takesAny: Bool
  }

  /// The first function of full text in a condition, where it is misused.
  var misusedFullText: MisusedFullText? { fullText?.misuse }

  /// The first function of full text, by its name, and whether it is misused.
  private var fullText: (name: String, misuse: MisusedFullText?)? {
    let (children, parent, takesAny): ([ESQLTerm], String?, Bool)
    switch form {
    case .literal, .column, .star: return nil
    case .match: return ("[:] operator", nil)
    case .function(let name, _, let arguments, _):
      let upper = name.uppercased()
      if let shown = ESQLFunctions.fullText[upper] { return ("[\(shown)] function", nil) }
      (children, parent, takesAny) = (
        arguments, upper.replacing("_", with: ""), ["COALESCE", "CASE"].contains(upper)
      )
    case .and(let left, let right), .or(let left, let right), .comparison(_, let left, let right):
      (children, parent, takesAny) = ([left, right], nil, false)
    case .not(let inner): (children, parent, takesAny) = ([inner], nil, false)
    case .negative(let inner): (children, parent, takesAny) = ([inner], "NEG", false)
    case .arithmetic(_, let left, let right): (children, parent, takesAny) = ([left, right], "ARITHMETIC", false)
    case .isNull(let inner): (children, parent, takesAny) = ([inner], "ISNULL", true)
    case .isNotNull(let inner): (children, parent, takesAny) = ([inner], "ISNOTNULL", true)
    case .among(let value, let list): (children, parent, takesAny) = ([value] + list, "IN", true)
    case .amongRows(let value, _): (children, parent, takesAny) = ([value], "IN", true)
    case .like(let inner, _, let isRegex): (children, parent, takesAny) = ([inner], isRegex ? "RLIKE" : "LIKE", false)
    case .cast(let inner, let type): (children, parent, takesAny) = ([inner], "TO\(type.rawValue.uppercased())", false)
    }
    for child in children {
      guard var found = child.fullText else { continue }
      if let parent, found.misuse == nil {
        found.misuse = MisusedFullText(name: found.name, parent: parent, takesAny: takesAny)
      }
      return found
    }
    return nil
  }
}
