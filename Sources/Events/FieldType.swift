/// How the values of a field compare: the Elasticsearch field types that detection data uses.
public enum FieldType: Hashable, Sendable {
  /// Compares whole and case-sensitively; longer values (in UTF-16 units) than `ignoreAbove` are not searchable.
  case keyword(ignoreAbove: Int)
  /// Compares like a keyword of any length (`wildcard`, `constant_keyword` without a value).
  case wildcard
  /// A keyword that every event has (`constant_keyword` with a value), whether or not it stands in the event.
  case constant(String)
  /// A keyword of any length whose order is that of versions: 1.9 comes before 1.10 (`version`).
  case version
  /// Compares by its words (`text`, `match_only_text`).
  case analyzed(TextAnalysis)
  /// Whole numbers of 64 bits (`long`).
  case integer
  /// Floating-point numbers of 64 bits (`double`).
  case double
  /// Numbers that are kept with less or other precision: `integer`, `short`, `byte`, `float`, `half_float`, `scaled_float`,
  /// `unsigned_long`.
  case narrow(NarrowNumber)
  case boolean
  /// Times by the millisecond (`date`), written in a format; nil for the usual one.
  case date(DateFormat?)
  /// Times by the nanosecond, from 1970 to 2262 (`date_nanos`), written in a format; nil for the usual one.
  case dateNanos(DateFormat?)
  /// An IPv4 or IPv6 address; queries may name a CIDR range.
  case ip
  /// An object of which every leaf is a keyword, reached by its dotted key; the field itself matches any leaf.
  case flattened
  /// An array of objects that are matched one by one.
  case nested
  /// A plain object: it only holds other fields.
  case object
  case geoPoint
  /// Kept, and neither indexed nor searchable: `binary`, fields that are not indexed, and types of mappings that are not
  /// known here.
  case binary
  /// A field of no known type: each value compares by its own kind, as Elasticsearch's dynamic mapping has it. Numbers
  /// are numbers, booleans booleans, and texts keywords.
  case dynamic

  /// True for fields of times.
  public var holdsTimes: Bool {
    switch self {
    case .date, .dateNanos: true
    default: false
    }
  }

  /// How the field's times are written; nil for the usual format, and for fields that hold none.
  public var dateFormat: DateFormat? {
    switch self {
    case .date(let format), .dateNanos(let format): format
    default: nil
    }
  }

  /// True for fields that compare by their words.
  public var isAnalyzed: Bool { analysis != nil }

  /// How the field's values are cut into words; nil for fields that compare otherwise.
  public var analysis: TextAnalysis? { if case .analyzed(let analysis) = self { analysis } else { nil } }

  /// A text whose words are those of Elasticsearch's standard analyzer.
  public static let text = FieldType.analyzed(.standard)

  /// A keyword with the limit that ECS and Elastic's integrations give a field unless they say otherwise.
  public static let keyword = FieldType.keyword(ignoreAbove: 1024)
}
