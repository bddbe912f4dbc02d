/// How the values of a field compare: the Elasticsearch field types that detection data uses.
public enum FieldType: Hashable, Sendable {
  /// Compares whole and case-sensitively; longer values (in UTF-16 units) than `ignoreAbove` are not searchable.
  case keyword(ignoreAbove: Int)
  /// Compares like a keyword of any length (`wildcard`, `constant_keyword`, `version`).
  case wildcard
  /// Analyzed: compares by lower-cased words (`text`, `match_only_text`).
  case text
  /// Whole numbers (`long`, `integer`, `short`, `byte`, `unsigned_long`).
  case integer
  /// Floating-point numbers (`double`, `float`, `half_float`, `scaled_float`).
  case double
  case boolean
  case date
  /// An IPv4 or IPv6 address; queries may name a CIDR range.
  case ip
  /// An object of which every leaf is a keyword, reached by its dotted key; the field itself matches any leaf.
  case flattened
  /// An array of objects that are matched one by one.
  case nested
  /// A plain object: it only holds other fields.
  case object
  case geoPoint
  case binary

  /// A keyword with the limit that ECS and Elastic's integrations give a field unless they say otherwise.
  public static let keyword = FieldType.keyword(ignoreAbove: 1024)
}
