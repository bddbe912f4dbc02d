/// Which rules an exception is for.
public enum ExceptionScope: Hashable, Sendable {
  /// Those that name the list, which they do by its id and name space.
  case list(id: String, namespaceType: String)
  /// Those of these ids or names; letter case does not count in names.
  case rules([String])
  case all
}
