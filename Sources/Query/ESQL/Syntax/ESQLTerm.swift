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
