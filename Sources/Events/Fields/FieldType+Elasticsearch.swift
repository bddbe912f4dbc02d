extension FieldType {
  /// The type of an Elasticsearch mapping by its name there; nil for a name that says nothing here.
  ///
  /// - Parameter ignoreAbove: the mapping's `ignore_above` in UTF-16 units, where it has one; only keywords use it.
  /// - Parameter scalingFactor: the mapping's `scaling_factor`; that of the Elastic Common Schema where it has none.
  public init?(elasticsearchName name: String, ignoreAbove: Int? = nil, scalingFactor: Double = 1000) {
    switch name {
    case "keyword": self = .keyword(ignoreAbove: ignoreAbove ?? 1024)
    case "constant_keyword", "wildcard", "version": self = .wildcard
    case "text", "match_only_text": self = .text
    case "long", "integer", "short", "byte": self = .integer
    // Beyond 63 bits numbers compare as doubles.
    case "double", "float", "half_float", "unsigned_long": self = .double
    case "scaled_float": self = .scaled(factor: scalingFactor)
    case "boolean": self = .boolean
    case "date", "date_nanos": self = .date
    case "ip": self = .ip
    case "object": self = .object
    case "flattened": self = .flattened
    case "nested": self = .nested
    case "geo_point": self = .geoPoint
    case "binary": self = .binary
    default: return nil
    }
  }
}
