extension FieldType {
  /// The type of an Elasticsearch mapping by its name there; nil for a name that says nothing here.
  ///
  /// - Parameter ignoreAbove: the mapping's `ignore_above` in UTF-16 units, where it has one; only keywords use it.
  /// - Parameter scalingFactor: the mapping's `scaling_factor`; that of the Elastic Common Schema where it has none.
  /// - Parameter dateFormat: how times are written; nil for the usual format.
  public init?(
    elasticsearchName name: String, ignoreAbove: Int? = nil, scalingFactor: Double = 1000, dateFormat: DateFormat? = nil
  ) {
    switch name {
    case "keyword": self = .keyword(ignoreAbove: ignoreAbove ?? 1024)
    case "constant_keyword", "wildcard": self = .wildcard
    case "version": self = .version
    case "text", "match_only_text": self = .text
    case "long": self = .integer
    case "integer": self = .narrow(.whole(bits: 32))
    case "short": self = .narrow(.whole(bits: 16))
    case "byte": self = .narrow(.whole(bits: 8))
    case "double": self = .double
    case "float": self = .narrow(.float)
    case "half_float": self = .narrow(.halfFloat)
    case "unsigned_long": self = .narrow(.unsignedLong)
    case "scaled_float": self = .narrow(.scaled(factor: scalingFactor))
    case "boolean": self = .boolean
    case "date": self = .date(dateFormat)
    case "date_nanos": self = .dateNanos(dateFormat)
    case "ip": self = .ip
    case "object": self = .object
    case "flattened": self = .flattened
    case "nested": self = .nested
    case "geo_point": self = .geoPoint
    case "binary": self = .binary
    default: return nil
    }
  }

  /// The type that holds the values of two types, of whole numbers or of times; nil where there is none.
  func widened(with other: FieldType) -> FieldType? {
    switch (self, other) {
    case (.integer, .integer), (.integer, .narrow(.whole)), (.narrow(.whole), .integer): .integer
    case (.narrow(.whole(let bits)), .narrow(.whole(let others))): .narrow(.whole(bits: max(bits, others)))
    // By the nanosecond there are fewer years: queries compare both by the millisecond.
    case (.date(let format), .date(let other)), (.date(let format), .dateNanos(let other)),
      (.dateNanos(let format), .date(let other)):
      .date(DateFormat.joined(format, other))
    case (.dateNanos(let format), .dateNanos(let other)): .dateNanos(DateFormat.joined(format, other))
    default: nil
    }
  }
}
