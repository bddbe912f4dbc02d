/// The fields that are known by name, and how their values compare.
///
///     let field = FieldCatalog.standard.resolve("user.name.text")
///     field.sourcePath  // "user.name"
///     field.type        // .text
///
/// The standard catalog holds the Elastic Common Schema, the fields of CloudTrail events and those of alerts, and of Elastic's other
/// integrations those of which rules ask the type (`ResolvedField.isOfIntegration`). A field that it does not hold is still
/// searchable: its values compare by their own kinds (`FieldType.dynamic`), and `ResolvedField.isKnown` says that it was not found. A `FieldMapping` lies over a catalog.
public struct FieldCatalog: Sendable {
  /// The catalog of everything that ships. It is built at first use, in about a millisecond.
  public static let standard = FieldCatalog(
    integrations: IntegrationFieldTable.text,
    tables: [ECSFieldTable.text, CloudTrailFieldTable.text, AlertFieldTable.text])

  /// Hands on what the standard catalog is made of, and the names of before of fields of alerts, each table as a text: another version
  /// of the program that types fields otherwise, or finds others under a name, has other texts.
  public static func forEachTable(_ take: (String) -> Void) {
    for table in [
      ECSFieldTable.text, CloudTrailFieldTable.text, AlertFieldTable.text, IntegrationFieldTable.text,
      AlertAliasTable.text,
    ] { take(table) }
  }

  /// The version of the Elastic Common Schema that the standard catalog follows, as `9.1.0`.
  public static var ecsVersion: String { ECSFieldTable.version }

  private struct Entry {
    var type: FieldType
    var isMultiField: Bool
    /// What is below an object under names that the catalog does not hold; nil where nothing is known of that.
    var below: FieldType?
    /// The field that an alias stands for.
    var target: String?
    /// Only the table of integrations has it.
    var isOfIntegration = false

    /// Whether values stand at the path itself.
    var isLeaf: Bool { type != .object && type != .nested }
  }

  private var entries: [String: Entry]
  /// The UTF-8 length of the longest path: no longer prefix of a name needs to be looked up.
  private var longestPath = 0

  private var multiFields: [String: [(path: String, type: FieldType)]] = [:]

  private var names = LazyNames()

  /// The mapping that lies over another catalog; nil where none does.
  private var layer: MappingLayer?

  /// The paths of all fields of type nested, sorted.
  public private(set) var nestedPaths: [String] = []
  /// The first byte of each.
  private var nestedStarts: [UInt8] = []

  /// What explicit nulls count as, by the paths of the fields that say so.
  public private(set) var nullValues: [String: NullValue] = [:]

  /// What fields are that indices map differently, by their paths.
  public private(set) var unions: [String: FieldUnion] = [:]

  /// Values that every event has, by the paths of the fields that say so.
  public private(set) var constants: [String: String] = [:]

  /// The paths of all flattened fields, sorted.
  public private(set) var flattenedRoots: [String] = []

  /// A catalog of the tables' fields; where two tables hold one path, the later one wins, and that of integrations never.
  init(integrations: String = "", tables: [String]) {
    entries = Dictionary(minimumCapacity: 3000)
    FieldTableReader.read(integrations) { line in
      // The object itself stands in the line before.
      if line.isBelow {
        entries[line.path]?.below = line.type
        return
      }
      var entry = Entry(type: line.type, isMultiField: line.isMultiField)
      entry.isOfIntegration = true
      entries[line.path] = entry
    }
    for table in tables {
      FieldTableReader.read(table) { line in
        var entry = Entry(type: line.type, isMultiField: line.isMultiField)
        // The keys of an object of which no table names a field are free.
        if line.isOpen {
          if let other = entries[line.path] { entry.below = other.below } else { entry.below = .keyword }
        }
        // Kept with the event and not indexed: no query finds it.
        if line.path == "event.original" { entry.type = .binary }
        entries[line.path] = entry
      }
    }
    index()
  }

  /// Gathers what is looked up by other means than a path.
  private mutating func index() {
    var nested: [String] = []
    var flattened: [String] = []
    multiFields.removeAll(keepingCapacity: true)
    constants.removeAll()
    longestPath = 0
    for (path, entry) in entries {
      longestPath = max(longestPath, path.utf8.count)
      if entry.type == .nested { nested.append(path) }
      if entry.type == .flattened { flattened.append(path) }
      if case .constant(let value) = entry.type { constants[path] = value }
      if entry.isMultiField { multiFields[Self.parent(of: path), default: []].append((path, entry.type)) }
    }
    nestedPaths = nested.sorted()
    nestedStarts = nestedPaths.map { $0.utf8.first ?? 0 }
    flattenedRoots = flattened.sorted()
    freeRoots = (flattened + entries.lazy.filter { $0.value.below != nil }.map(\.key)).sorted()
    names = LazyNames()
  }

  /// The catalog with the fields of a mapping over its own: where both hold a path, the mapping says what it is.
  public func applying(_ mapping: FieldMapping) -> FieldCatalog {
    var copy = self
    copy.layer = MappingLayer(self, mapping)
    // What the schema knows of a field is no longer so: its multi-fields and what lies below it go too.
    let leaves = Set(
      mapping.fields.lazy.filter { $0.type != .object && $0.type != .nested && !$0.isMultiField }.map(\.path))
    for path in entries.keys where Self.ancestors(of: path).contains(where: leaves.contains) {
      copy.entries[path] = nil
    }
    for field in mapping.fields {
      copy.nullValues[field.path] = field.nullValue
      copy.unions[field.path] = field.union
      // An object that only leads to fields says nothing of one that is there.
      if field.type == .object, let known = copy.entries[field.path], known.type == .object || known.type == .nested {
        if known.type == .nested { copy.entries[field.path]?.type = .object }
        continue
      }
      var entry = Entry(type: field.type, isMultiField: field.isMultiField, target: field.target)
      // One that leads to some fields within an object with free keys leaves the others as they were.
      if field.type == .object, let above = copy.closestEntry(above: field.path)?.entry, above.below != nil {
        entry.below = above.below
        entry.isOfIntegration = above.isOfIntegration
      }
      copy.entries[field.path] = entry
    }
    // An earlier name of a field of alerts has the field's type.
    let own = Set(mapping.fields.map(\.path))
    for field in mapping.fields where field.target == nil {
      for name in AlertAliases.names(of: field.path) where !own.contains(name) {
        copy.entries[name]?.type = field.type
      }
    }
    copy.index()
    return copy
  }

  /// The catalog with the fields that its mapping gives those indices alone that a pattern selects.
  ///
  /// It is the same where no mapping of several indices lies over it, and where the pattern selects none of them.
  public func narrowed(to pattern: IndexPattern) -> FieldCatalog { layer?.narrowed(to: pattern) ?? self }

  /// The paths of the objects that a path lies in.
  private static func ancestors(of path: String) -> [String] {
    path.indices.filter { path[$0] == "." }.map { String(path[..<$0]) }
  }

  /// The multi-fields of a field, such as `user.name.text` of `user.name`, by their whole paths.
  public func multiFields(of path: String) -> [(path: String, type: FieldType)] { multiFields[path] ?? [] }

  /// How many paths the catalog holds: fields, multi-fields and the objects that hold them.
  public var count: Int { entries.count }

  /// The type of the field or object at exactly this path, or nil when the catalog does not hold it.
  public func type(of path: String) -> FieldType? {
    entries[path]?.type
  }

  /// How the dates are written that say when an event was, where they stand at a path; nil for the usual way.
  ///
  /// When an event was taken in is written in the usual way, whatever a mapping says of it.
  public func timeFormat(of path: String) -> DateFormat? {
    path == "event.ingested" ? nil : resolve(path).type.dateFormat
  }

  /// What a path stands for; never fails, since an unknown field is dynamic.
  ///
  /// A path below a flattened field is known, of type `wildcard` (whole values of any length) and names that field in
  /// `flattenedRoot`. A path below an object whose keys are free (`labels`) is a known keyword, or has the type that the table gives
  /// whatever is below the object.
  public func resolve(_ path: String) -> ResolvedField {
    // What a record has under its own names, as it came; what is known of a document beside it.
    if FieldPlan.standsInTexts(path) {
      return ResolvedField(sourcePath: path, type: .wildcard, isKnown: true)
    }
    if let entry = entries[path] {
      if let target = entry.target { return resolve(target) }
      let source = entry.isMultiField ? Self.parent(of: path) : path
      var field = ResolvedField(
        sourcePath: source, type: entry.type, isKnown: true,
        flattenedRoot: entry.type == .flattened ? path : nil, nestedPath: nestedPath(above: source))
      field.isOfIntegration = entry.isOfIntegration
      return field
    }
    var field = ResolvedField(
      sourcePath: path, type: .dynamic, isKnown: false, nestedPath: nestedPath(above: path))
    if let (root, entry) = closestEntry(above: path) {
      if entry.type == .flattened {
        field.type = .wildcard
        field.flattenedRoot = root
        field.isKnown = true
        field.isOfIntegration = entry.isOfIntegration
      } else if let below = entry.below {
        field.type = below
        field.isKnown = true
        field.isOfIntegration = entry.isOfIntegration
      }
    }
    return field
  }

  /// The known fields whose whole path matches a pattern with `*` (any run of characters, also none), sorted.
  ///
  /// Objects are left out, since no values stand there, and so are the keys below a flattened field, which the catalog
  /// cannot know. Multi-fields are listed by their own path.
  public func paths(matching pattern: String) -> [String] {
    if !pattern.utf8.contains(UInt8(ascii: "*")) {
      return entries[pattern]?.isLeaf == true ? [pattern] : []
    }
    let bytes = Array(pattern.utf8)
    let start = pattern.utf8.prefix { $0 != UInt8(ascii: "*") }
    return names.paths(leafPaths).starting(with: start).filter { Self.matches(bytes, $0) }.sorted()
  }

  /// The paths of all fields that hold values, in no order.
  private func leafPaths() -> [String] { entries.lazy.filter { $0.value.isLeaf }.map(\.key) }

  /// Beginnings and ends of the paths of fields that hold values.
  var pathParts: FieldPathParts { names.parts(leafPaths) }

  /// The paths of fields below which any key may stand.
  private(set) var freeRoots: [String] = []

  func isMultiField(_ path: String) -> Bool { entries[path]?.isMultiField ?? false }

  /// The known fields whose names are closest to a name that is not known, the closest first: for "did you mean".
  ///
  /// Letter case and underscores do not count (`userIdentity` is `user_identity`); a few wrong, missing or swapped
  /// letters are forgiven, fewer in a short name; a known field that ends in the whole name is offered last. Fields of integrations are
  /// not offered: of these only some are known.
  public func suggestions(for name: String, limit: Int = 3) -> [String] {
    names.index { entries.lazy.filter { $0.value.isLeaf && !$0.value.isOfIntegration }.map(\.key) }
      .suggestions(for: name, limit: limit)
  }

  /// The entry of the longest proper prefix of the path that the catalog holds.
  private func closestEntry(above path: String) -> (path: String, entry: Entry)? {
    let bytes = path.utf8
    var end = bytes.index(bytes.startIndex, offsetBy: longestPath + 1, limitedBy: bytes.endIndex) ?? bytes.endIndex
    while let dot = bytes[..<end].lastIndex(of: UInt8(ascii: ".")) {
      let prefix = String(path[..<dot])
      if let entry = entries[prefix] { return (prefix, entry) }
      end = dot
    }
    return nil
  }

  private func nestedPath(above path: String) -> String? {
    let start = path.utf8.first
    // Longer paths come behind the shorter ones that they lie below; the first byte tells nearly always.
    for at in nestedPaths.indices.reversed() where nestedStarts[at] == start {
      if Self.lies(path.utf8, below: nestedPaths[at].utf8) { return nestedPaths[at] }
    }
    return nil
  }

  private static func lies(_ path: String.UTF8View, below root: String.UTF8View) -> Bool {
    guard path.count > root.count, path.starts(with: root) else { return false }
    return path[path.index(path.startIndex, offsetBy: root.count)] == UInt8(ascii: ".")
  }

  private static func parent(of path: String) -> String {
    guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return path }
    return String(path[..<dot])
  }

  /// Matches with one step back to the last `*`, so that no pattern takes more than pattern × name steps.
  private static func matches(_ pattern: [UInt8], _ name: String) -> Bool {
    let text = name.utf8
    let star = UInt8(ascii: "*")
    var next = text.startIndex
    var place = 0
    var retry: (place: Int, next: String.UTF8View.Index)?
    while next < text.endIndex {
      if place < pattern.count, pattern[place] == star {
        place += 1
        retry = (place, next)
      } else if place < pattern.count, pattern[place] == text[next] {
        place += 1
        next = text.index(after: next)
      } else if let (afterStar, from) = retry {
        next = text.index(after: from)
        place = afterStar
        retry = (afterStar, next)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == star }
  }
}
