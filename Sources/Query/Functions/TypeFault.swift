/// Why an expression does not fit: what is wrong and where, to be shown in the query's text.
public struct TypeFault: Error, Hashable, Sendable {
  public var message: String
  /// In Unicode scalars.
  public var range: Range<Int>
  public var expected: String?
  public var hint: String?
  /// True of what Elasticsearch does and is not done here.
  public var isUnsupported = false
  /// True of what is sound in itself and refused for how a field is indexed.
  public var isOfField = false

  public init(_ message: String, at range: Range<Int>, expected: String? = nil, hint: String? = nil) {
    self.message = message
    self.range = range
    self.expected = expected
    self.hint = hint
  }

  /// The fault with the line of the query that it stands in.
  public func shown(in text: [Unicode.Scalar]) -> QuerySyntaxError {
    var error = QuerySyntaxError(message, at: range.lowerBound, in: text, expected: expected, hint: hint)
    error.isUnsupported = isUnsupported
    error.isOfField = isOfField
    return error
  }
}
