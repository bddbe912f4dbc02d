/// What an entry asks of its field.
public enum ExceptionTest: Hashable, Sendable {
  /// One value: whole for keywords, typed for addresses (also networks), numbers, booleans and dates, a phrase in text.
  case match(String)
  /// Any of the values, each as `match`.
  case matchAny([String])
  /// Any value at all.
  case exists
  /// A pattern of `*`, `?` and literal text; a backslash takes the next character as itself.
  case wildcard(String)
  /// Any value of a value list.
  case list(ValueListReference)
  /// One object of a nested field satisfies all entries, whose fields are named by full path.
  case nested([ExceptionEntry])
}
