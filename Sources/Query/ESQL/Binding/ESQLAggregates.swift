/// `STATS`: keys, aggregates over the rows of each group, and what is made of them.
struct ESQLStats: Sendable {
  var keys: [TypedExpression]
  var aggregates: [ESQLAggregateCall]
  /// The columns of the result: expressions over the aggregates' results and, after them, the keys.
  var outputs: [TypedExpression]
}

/// One aggregate function of a query.
struct ESQLAggregateCall: Sendable {
  var kind: ESQLAggregateKind
  var arguments: [TypedExpression]
  /// Only rows for which it is true take part.
  var condition: TypedExpression?
  var type: DataType
  /// Where it stands, for warnings.
  var range: Range<Int>
}

enum ESQLAggregateKind: Sendable {
  case countRows
  case count
  case countDistinct
  case sum
  case average
  case minimum
  case maximum
  case percentile(Double)
  case medianAbsoluteDeviation
  case standardDeviation
  case variance
  case values
  case top(Int, isDescending: Bool)
  /// Some of the values, by chance.
  case sample(Int)
  case first
  case last
  case present
  case absent
  case centroid
}
