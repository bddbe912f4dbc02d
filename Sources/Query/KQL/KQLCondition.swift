/// A condition of a query and its place in the text.
struct KQLCondition: Hashable, Sendable {
  /// `exists`, `test`, or `nested` over `all` for the braces themselves.
  var predicate: Predicate
  /// The nested field in whose braces it stands.
  var path: String?
  /// Where its field and its value stand, in Unicode scalars.
  var field: Range<Int>
  var value: Range<Int>
  /// It looks for an unquoted `null`.
  var isNull = false
}
