/// What a field is where indices map it differently.
public struct FieldUnion: Hashable, Sendable {
  /// One of the types, by its name in Elasticsearch, and the indices that have it.
  public struct Part: Hashable, Sendable {
    public var type: FieldType
    public var name: String
    public var indices: [String]

    public init(type: FieldType, name: String, indices: [String]) {
      self.type = type
      self.name = name
      self.indices = indices
    }
  }

  /// Stands for indices beyond those that are told apart.
  public static let otherIndices = "…"

  /// At least two, by name.
  public var parts: [Part]

  /// Nil where the parts have one name.
  public init?(_ parts: [Part]) {
    let merged = parts.reduce(into: [String: Part]()) { merged, part in
      merged[part.name, default: Part(type: part.type, name: part.name, indices: [])].indices += part.indices
    }
    guard merged.count > 1 else { return nil }
    self.parts = merged.values.sorted { $0.name < $1.name }
    for place in self.parts.indices { self.parts[place].indices = Array(Set(self.parts[place].indices)).sorted() }
  }

  /// As Elasticsearch words it: `[2] incompatible types: [ip] in [a, b], [keyword] in [c]`.
  public var text: String {
    let texts = parts.map { part in
      let shown = part.indices.prefix(3).joined(separator: ", ")
      let more = part.indices.count - 3
      return "[\(part.name)] in [\(shown)]"
        + (more > 0 ? " and [\(more)] other \(more == 1 ? "index" : "indices")" : "")
    }
    return "[\(parts.count)] incompatible types: " + texts.joined(separator: ", ")
  }
}

extension FieldType {
  /// A keyword without a limit or a constant, where it is one.
  var unlimited: FieldType {
    switch self {
    case .keyword, .wildcard, .constant: .wildcard
    default: self
    }
  }

  /// What Elasticsearch calls the type among those of a query; keywords of every kind are one.
  public var queryName: String? {
    switch self {
    case .keyword, .wildcard, .constant: "keyword"
    case .version: "version"
    case .analyzed: "text"
    case .integer: "long"
    case .double: "double"
    case .narrow(let kind):
      switch kind {
      case .whole(let bits): bits == 32 ? "integer" : bits == 16 ? "short" : "byte"
      case .float: "float"
      case .halfFloat: "half_float"
      case .scaled: "scaled_float"
      case .unsignedLong: "unsigned_long"
      }
    case .boolean: "boolean"
    case .date: "date"
    case .dateNanos: "date_nanos"
    case .ip: "ip"
    case .geoPoint: "geo_point"
    case .flattened, .nested, .object, .binary, .dynamic: nil
    }
  }
}
