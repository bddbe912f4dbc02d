/// What is done to the rows of a table, one after the other.
enum ESQLStep: Sendable {
  /// Keeps the rows for which the condition is true.
  case filter(TypedExpression)
  /// The same, where a later step asks again: what fails is told there.
  case narrow(TypedExpression)
  /// The rows that several queries make of the events of each.
  case union(ESQLUnion)
  /// Adds a column at the right end.
  case append(TypedExpression)
  /// Keeps these columns, in this order.
  case select([Int])
  /// One row per value of a column.
  case expand(Int)
  /// Adds a column for each capture of a pattern that a text fits.
  case extract(TypedExpression, ESQLExtractor)
  /// Adds columns of a table whose keys are equal; several matches give several values.
  case enrich(ESQLLookup)
  /// The same, with a row for each match.
  case join(ESQLLookup)
  case sort([ESQLSortStep])
  case limit(Int)
  /// Keeps so many rows of each group, which have the same lists of values in these columns; null is one.
  case limitBy(Int, [Int])
  case stats(ESQLStats)
  case inlineStats(ESQLStats)
  /// Adds columns for how and how surely the values of a column change, at the place where they do.
  case changePoint(ESQLChanges)
  /// Cannot be run.
  case refused(String, at: Int)

  /// True for what can be done to each page by itself.
  var isOfPages: Bool {
    switch self {
    case .filter, .narrow, .append, .select, .expand, .extract, .enrich, .join: true
    case .union(let union): union.isOfPages
    case .sort, .limit, .limitBy, .stats, .inlineStats, .changePoint, .refused: false
    }
  }
}

/// A series whose changes are looked for, in rows that are sorted.
struct ESQLChanges: Sendable {
  /// The column of values.
  var value: Int
  /// Columns whose values make groups of rows, each of them a series, after which rows are sorted first.
  var groups: [Int] = []
  /// Where the command stands.
  var range: Range<Int>
}

struct ESQLSortStep: Sendable {
  var column: Int
  var isDescending: Bool
  var nullsFirst: Bool
}

/// Takes texts apart into columns.
struct ESQLExtractor: Sendable {
  /// The columns, by name.
  var columns: [(name: String, type: DataType)]
  /// The cells of the columns for one text; nil where it does not fit. Throws where a value cannot be converted.
  var body: @Sendable (String) throws(EvaluationFault) -> [Cell]?
}
