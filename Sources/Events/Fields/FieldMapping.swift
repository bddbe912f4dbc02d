import JSON

/// The fields of an Elasticsearch mapping, which say what a catalog does not know or knows otherwise.
///
/// ```swift
/// let mapping = try FieldMapping(JSONValue(parsing: #"{"properties": {"custom.port": {"type": "long"}}}"#))
/// let catalog = FieldCatalog.standard.applying(mapping)
/// ```
public struct FieldMapping: Hashable, Sendable {
  /// A field of a mapping.
  public struct Field: Hashable, Sendable {
    public var path: String
    public var type: FieldType
    public var isMultiField: Bool
    /// The field that an alias stands for.
    public var target: String?
    /// What an explicit null counts as.
    public var nullValue: NullValue?
    /// What it is where indices map it differently; the type holds the values of all of them.
    public var union: FieldUnion?
  }

  /// The fields and the objects that hold them, an object before what it holds.
  public private(set) var fields: [Field] = []
  /// Types of Elasticsearch that cannot be searched here, with a field of each.
  public private(set) var unsearchedTypes: [String: String] = [:]
  /// Analyzers that are not known, with a field of each, which cannot be searched.
  public private(set) var unknownAnalyzers: [String: String] = [:]
  /// Analyzers for what queries ask, other than that of the field's values, with a field of each. They are not followed.
  public private(set) var searchAnalyzers: [String: String] = [:]
  /// Fields that Elasticsearch computes by a script when it searches, which have no values here; the first ones, in order.
  public private(set) var runtimeFields: [String] = []

  /// Types that Elasticsearch has, its plugins included, beside those of `FieldType`.
  ///
  /// Source: Elasticsearch's guide, "Field data types".
  private static let furtherTypes: Set<String> = [
    "aggregate_metric_double", "completion", "date_range", "dense_vector", "double_range", "exponential_histogram",
    "float_range", "geo_shape", "histogram", "icu_collation_keyword", "integer_range", "ip_range", "join", "long_range",
    "murmur3", "percolator", "point", "rank_feature", "rank_features", "rank_vectors", "semantic_text", "shape",
    "sparse_vector",
  ]

  /// The most bytes of a mapping's text.
  public static let largestText = 64 << 20
  /// The most fields of a mapping.
  public static let mostFields = 200_000
  /// The longest path of a field, in bytes.
  public static let longestPath = 1024
  /// How deep objects may stand inside each other.
  public static let deepestNesting = 24

  /// A mapping that cannot be read.
  public struct ReadingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the mapping it is, for example `properties.user.properties.name`.
    public let path: String
    /// What is wrong, as a clause without a full stop.
    public let message: String

    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
  }

  /// The index whose mapping is read; nil where it has no name.
  private var index: String?
  /// What the settings beside the mapping say of analyzers.
  private var analyzers = MappingAnalyzers()
  /// The types that indices give fields, by path.
  private var parts: [String: [FieldUnion.Part]] = [:]
  /// What each of several indices maps.
  private var single = IndexFields()

  /// Reads `{"properties": …}`, `{"mappings": {"properties": …}}` or what `GET index/_mapping` answers, of one index or of
  /// several. `settings` beside `mappings` say what analyzers are that fields name.
  ///
  /// Throws where the text has another form, where what is an object to one index is none to another, and beyond the bounds.
  public init(_ value: JSONValue) throws(ReadingError) {
    guard case .object(let members) = value else {
      throw ReadingError(path: "", message: "a mapping is an object with `properties`")
    }
    var found: [String: (field: Field, from: String)] = [:]
    analyzers = MappingAnalyzers(settings: members["settings"])
    if members["properties"] != nil || members["runtime"] != nil {
      try read(value, at: "", &found)
    } else if let mappings = members["mappings"],
      members.values.allSatisfy({ if case .object = $0 { true } else { false } })
    {
      try read(mappings, at: "mappings", &found)
    } else {
      let indices = members.filter { $0.value["mappings"] != nil }
      guard !indices.isEmpty, indices.count == members.count else {
        throw ReadingError(
          path: "",
          message: "this is no mapping: expected `properties`, `mappings`, or the answer of `GET index/_mapping`")
      }
      for name in indices.keys.sorted() {
        index = name
        analyzers = MappingAnalyzers(settings: indices[name]?["settings"])
        try read(indices[name]?["mappings"] ?? .null, at: name + ".mappings", &found)
        single.end(name)
      }
      single.close()
    }
    try checkAliases(found)
    take(found)
    analyzers = MappingAnalyzers()
  }

  /// The mapping of those indices alone that a pattern selects, by their names or by those of their data streams. The whole one where
  /// it selects none: the mapping may name indices that are searched by another name, an alias.
  public func narrowed(to pattern: IndexPattern) -> FieldMapping {
    indices(of: pattern).map { narrowed(to: $0) } ?? self
  }

  /// The indices that a pattern selects; nil where the whole mapping counts.
  func indices(of pattern: IndexPattern) -> Set<String>? { single.chosen(by: pattern) }

  /// The mapping of some of its indices.
  func narrowed(to indices: Set<String>) -> FieldMapping {
    var narrow = self
    narrow.parts = [:]
    var found: [String: (field: Field, from: String)] = [:]
    for (index, fields) in single.fields(of: indices) {
      narrow.index = index
      for field in fields {
        do throws(ReadingError) {
          if !field.isMultiField { try narrow.addParents(of: field.path, at: index, &found) }
          try narrow.add(field, at: index, &found)
        } catch {
          // What all indices together allow, some of them do.
          return self
        }
      }
    }
    narrow.index = nil
    narrow.single = single.narrowed(to: indices)
    narrow.take(found)
    return narrow
  }

  /// Takes what was found as the mapping's fields.
  private mutating func take(_ found: [String: (field: Field, from: String)]) {
    // Shorter paths first, so that an object stands before what it holds.
    fields = found.values.map(\.field).sorted { ($0.path.utf8.count, $0.path) < ($1.path.utf8.count, $1.path) }
    for place in fields.indices where parts[fields[place].path] != nil {
      fields[place].union = FieldUnion(parts[fields[place].path] ?? [])
    }
    parts = [:]
  }

  /// As Elasticsearch has it, an alias stands for a field that is neither another alias nor an object. What the mapping does not
  /// name may be a field of the schema.
  private func checkAliases(_ found: [String: (field: Field, from: String)]) throws(ReadingError) {
    for path in found.keys.sorted() {
      guard let alias = found[path], let target = alias.field.target, let other = found[target]?.field else { continue }
      let what =
        other.target != nil ? "another alias" : other.type == .object || other.type == .nested ? "an object" : nil
      guard let what else { continue }
      throw ReadingError(
        path: alias.from, message: "the alias `\(path)` stands for `\(target)`, which is \(what): name a field")
    }
  }

  private mutating func read(
    _ mapping: JSONValue, at place: String, _ found: inout [String: (field: Field, from: String)]
  ) throws(ReadingError) {
    guard case .object(let members) = mapping else {
      throw ReadingError(path: place, message: "a mapping is an object with `properties`")
    }
    if case .object(let computed)? = members["runtime"] {
      runtimeFields = Array(
        Set(runtimeFields + computed.keys.map { String($0.prefix(Self.longestPath)) }).sorted().prefix(100))
    }
    let place = place.isEmpty ? "properties" : place + ".properties"
    switch members["properties"] {
    // An index without fields.
    case nil, .null: return
    case .object(let properties)?: try read(properties, below: "", at: place, depth: 0, &found)
    default: throw ReadingError(path: place, message: "`properties` is an object")
    }
  }

  private mutating func read(
    _ properties: [String: JSONValue], below parent: String, at place: String, depth: Int, isMulti: Bool = false,
    _ found: inout [String: (field: Field, from: String)]
  ) throws(ReadingError) {
    guard depth < Self.deepestNesting else {
      throw ReadingError(path: place, message: "objects stand more than \(Self.deepestNesting) deep inside each other")
    }
    for name in properties.keys.sorted() {
      let here = place + "." + name
      let path = parent.isEmpty ? name : parent + "." + name
      guard path.utf8.count <= Self.longestPath else {
        throw ReadingError(
          path: String(place.prefix(200)), message: "the path of a field is longer than \(Self.longestPath) bytes")
      }
      guard !name.isEmpty, !name.hasPrefix("."), !name.hasSuffix("."), !name.contains("..") else {
        throw ReadingError(path: place, message: "`\(name)` is no name of a field")
      }
      guard case .object(let members)? = properties[name] else {
        throw ReadingError(path: here, message: "a field is an object with a `type` or with `properties`")
      }
      try read(field: members, path: path, at: here, depth: depth, isMulti: isMulti, &found)
    }
  }

  private mutating func read(
    field members: [String: JSONValue], path: String, at place: String, depth: Int, isMulti: Bool,
    _ found: inout [String: (field: Field, from: String)]
  ) throws(ReadingError) {
    let name: String
    switch members["type"] {
    case .string(let text)?: name = text
    case nil, .null:
      guard members["properties"] != nil || members.isEmpty || members["dynamic"] != nil || members["enabled"] != nil
      else {
        throw ReadingError(path: place, message: "a field is an object with a `type` or with `properties`")
      }
      name = "object"
    default: throw ReadingError(path: place + ".type", message: "the type of a field is a text")
    }
    let format = try dateFormat(name, members, of: path, at: place)
    guard let type = try type(name, members, format, of: path, at: place) else {
      throw ReadingError(
        path: place + ".type",
        message: "the field `\(path)` has the type `\(name.prefix(100))`, which Elasticsearch has not")
    }
    var field = Field(path: path, type: type, isMultiField: isMulti)
    if name == "alias" {
      guard case .string(let target)? = members["path"], target != path else {
        throw ReadingError(path: place, message: "an alias names another field in `path`")
      }
      field.target = target
    }
    if !isMulti { field.nullValue = members["null_value"].flatMap(NullValue.init) }
    if index != nil { single.add(field) }
    if !isMulti { try addParents(of: path, at: place, &found) }
    try add(field, at: place, &found)
    switch members["properties"] {
    case nil, .null: break
    case .object(let properties)?:
      try read(properties, below: path, at: place + ".properties", depth: depth + 1, &found)
    default: throw ReadingError(path: place, message: "`properties` is an object")
    }
    switch members["fields"] {
    case nil, .null: break
    case .object(let fields)? where !isMulti:
      try read(fields, below: path, at: place + ".fields", depth: depth + 1, isMulti: true, &found)
    default: throw ReadingError(path: place, message: "`fields` is an object, and has no `fields` of its own")
    }
  }

  /// A dotted name stands for objects inside each other.
  private func addParents(
    of path: String, at place: String, _ found: inout [String: (field: Field, from: String)]
  ) throws(ReadingError) {
    var end = path.startIndex
    while let dot = path[end...].firstIndex(of: ".") {
      let parent = String(path[..<dot])
      if found[parent] == nil {
        found[parent] = (Field(path: parent, type: .object, isMultiField: false), place)
      }
      end = path.index(after: dot)
    }
  }

  private mutating func add(
    _ field: Field, at place: String, _ found: inout [String: (field: Field, from: String)]
  ) throws(ReadingError) {
    if let index, let name = field.type.queryName {
      parts[field.path, default: []].append(FieldUnion.Part(type: field.type, name: name, indices: [index]))
    }
    if let other = found[field.path], other.field != field {
      // An event does not say which index it would be in.
      guard other.field.nullValue == field.nullValue else {
        throw ReadingError(
          path: place + ".null_value",
          message: "`\(field.path)` has another at \(other.from): give the mapping of one index at a time")
      }
      // Whole numbers of different widths are numbers of the widest, and times may be written in several formats.
      if let wide = other.field.type.widened(with: field.type) {
        found[field.path]?.field.type = wide
        return
      }
      if let analysis = other.field.type.analysis, let mine = field.type.analysis, analysis != mine {
        throw ReadingError(
          path: place,
          message: "`\(field.path)` has another analyzer at \(other.from): give the mapping of one index at a time")
      }
      // Of several types values compare by their own kinds.
      if index != nil, other.field.type.queryName != nil || other.field.type == .dynamic, field.type.queryName != nil,
        other.field.isMultiField == field.isMultiField, other.field.target == nil, field.target == nil
      {
        found[field.path]?.field.type =
          other.field.type.queryName == field.type.queryName ? other.field.type.unlimited : .dynamic
        return
      }
      // An object that was only led through gives way to what is said of it.
      let isLedThrough = other.field.type == .object && field.type == .nested
      guard isLedThrough || field.type == .object && other.field.type == .nested else {
        throw ReadingError(
          path: place,
          message: "`\(field.path)` has another type at \(other.from): give the mapping of one index at a time")
      }
      if !isLedThrough { return }
    }
    found[field.path] = (field, place)
    guard found.count <= Self.mostFields else {
      throw ReadingError(path: "", message: "the mapping has more than \(Self.mostFields) fields")
    }
  }

  /// Nil for what is no type of Elasticsearch.
  private mutating func type(
    _ name: String, _ members: [String: JSONValue], _ format: DateFormat?, of path: String, at place: String
  ) throws(ReadingError) -> FieldType? {
    let found = searchedType(name, members, format)
    if found == nil, !Self.furtherTypes.contains(name) { return nil }
    // Neither indexed nor in columns; `enabled: false` is the same for an object.
    if members["enabled"] == .bool(false) { return .binary }
    if members["index"] == .bool(false) {
      if members["doc_values"] == .bool(false) || ["text", "match_only_text"].contains(name) { return .binary }
    }
    if let found { return found.isAnalyzed ? try analyzed(members, of: path, at: place) : found }
    if unsearchedTypes.count < 100, unsearchedTypes[name] == nil { unsearchedTypes[name] = path }
    return .binary
  }

  /// A field of text with its analyzer; it cannot be searched where that is not known.
  private mutating func analyzed(
    _ members: [String: JSONValue], of path: String, at place: String
  ) throws(ReadingError) -> FieldType {
    func name(_ key: String) throws(ReadingError) -> String? {
      switch members[key] {
      case nil, .null: return nil
      case .string(let name)?: return name
      default: throw ReadingError(path: place + "." + key, message: "the name of an analyzer is a text")
      }
    }
    let own = try name("analyzer") ?? "default"
    guard let analysis = analyzers.analysis(own) else {
      if unknownAnalyzers.count < 100, unknownAnalyzers[own] == nil { unknownAnalyzers[own] = path }
      return .binary
    }
    let searching = [
      try name("search_analyzer") ?? (analyzers.hasDefaultForSearches ? "default_search" : nil),
      try name("search_quote_analyzer"),
    ]
    for other in searching.compactMap(\.self) where analyzers.analysis(other) != analysis {
      if searchAnalyzers.count < 100, searchAnalyzers[other] == nil { searchAnalyzers[other] = path }
    }
    return .analyzed(analysis)
  }

  /// How the values of a field of dates are written. Names of days and months are known in English only.
  private func dateFormat(
    _ name: String, _ members: [String: JSONValue], of path: String, at place: String
  ) throws(ReadingError) -> DateFormat? {
    guard name == "date" || name == "date_nanos", let written = members["format"], written != .null else { return nil }
    guard case .string(let text) = written else {
      throw ReadingError(path: place + ".format", message: "the format of dates is a text")
    }
    let format: DateFormat?
    do throws(DatePatternError) {
      format = try DateFormat.unusual(text)
    } catch {
      throw ReadingError(
        path: place + ".format", message: "the field `\(path)` has no format of dates: \(error.message)")
    }
    if format?.hasNames == true, case .string(let locale)? = members["locale"],
      !["", "root"].contains(locale.lowercased()), locale.prefix(2).lowercased() != "en"
    {
      throw ReadingError(
        path: place + ".locale",
        message: "the field `\(path)` has names of days or months in the locale `\(locale.prefix(100))`, and they are "
          + "known in English only")
    }
    return format
  }

  private func searchedType(_ name: String, _ members: [String: JSONValue], _ format: DateFormat?) -> FieldType? {
    switch name {
    case "alias": return .dynamic
    case "passthrough": return .object
    case "search_as_you_type", "annotated_text": return .text
    case "counted_keyword": return .keyword(ignoreAbove: .max)
    case "token_count": return .integer
    case "constant_keyword":
      // A field without a value gets that of the first event, which only an index knows.
      guard let value = members["value"], value != .null, let constant = NullValue(value) else { return .wildcard }
      return .constant(String(decoding: constant.bytes, as: UTF8.self))
    default: break
    }
    // Elasticsearch itself has no limit unless the mapping names one.
    let limit = members["ignore_above"]?.integerValue.map { Int(clamping: max(0, $0)) } ?? Int.max
    let factor = members["scaling_factor"]?.doubleValue ?? 1
    return FieldType(elasticsearchName: name, ignoreAbove: limit, scalingFactor: factor, dateFormat: format)
  }
}
