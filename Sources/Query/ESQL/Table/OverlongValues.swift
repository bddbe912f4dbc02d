/// What is said of values that are null in ES|QL for their length: those of fields that nothing is known of, which are keywords with the
/// limit that Elasticsearch's data streams give keywords.
public enum OverlongValues {
  private static let start = "values of ["

  /// Of a rule, some of whose events have such values.
  static func message(of field: String, _ limit: Int) -> String {
    "\(start)\(field)] with more than \(limit) characters are null, as those of a keyword by dynamic mapping: --mapping can give the field "
      + "the type text or wildcard"
  }

  /// True for what `message` gives.
  public static func isMessage(_ text: String) -> Bool { text.hasPrefix(start) }

  /// Of a search, which has met so many of them.
  static func message(of field: String, _ limit: Int, count: Int) -> String {
    "\(message(of: field, limit)) (\(count) met)"
  }
}
