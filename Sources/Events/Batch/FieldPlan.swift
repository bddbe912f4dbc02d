/// Which fields of events are to be put into columns.
public struct FieldPlan: Sendable {
  /// Every field, for queries that look at all of them.
  public var everything = false
  /// Single fields by full path; each has its column at the same place in every batch. The path of a flattened field
  /// asks for a column with the values of all its leaves.
  public private(set) var paths: [String] = []
  /// Fields by a condition on their full path.
  public private(set) var patterns: [@Sendable (String) -> Bool] = []
  /// Names of before that alerts have for their fields, as far as they are asked for by path or by pattern, and those fields. Whoever
  /// makes columns gives the column of a name the values of the field too.
  public private(set) var aliases: [(name: String, target: String)] = []
  /// What explicit nulls count as, by path.
  public var nullValues: [String: NullValue] = [:]
  /// Says of a full path whether the values of its field are kept as often as an event has them (`FieldCatalog.keepsRepeats`); nil
  /// where each is kept once. What is stored in columns was decided when it was.
  public var keepsRepeats: (@Sendable (String) -> Bool)?
  /// Fields of the objects under a nested field, by its path.
  public var nested: [String: FieldPlan] = [:]

  private var places: [String: Int] = [:]

  public init(paths: [String] = []) {
    for path in paths { insert(path) }
  }

  /// A plan for every field.
  public static var all: FieldPlan {
    var plan = FieldPlan()
    plan.everything = true
    return plan
  }

  /// Asks for a field and returns the place of its column.
  @discardableResult
  public mutating func insert(_ path: String) -> Int {
    if let place = places[path] { return place }
    places[path] = paths.count
    paths.append(path)
    insert(alias: path)
    return paths.count - 1
  }

  /// Asks for all fields whose full path meets a condition.
  public mutating func insert(pattern: @escaping @Sendable (String) -> Bool) {
    patterns.append(pattern)
    for name in AlertAliases.names where pattern(name) { insert(alias: name) }
  }

  private mutating func insert(alias name: String) {
    guard let target = AlertAliases.target(of: name), !aliases.contains(where: { $0.name == name }) else { return }
    aliases.append((name, target))
  }

  /// True when some field is wanted that stands in the texts of events alone, so that stored events have no column of it.
  public var asksTexts: Bool { paths.contains(where: Self.standsInTexts) }

  /// The field that says when an event was read: of a stored event by the command that reads it now, as of one in a file, so that what its
  /// column says is not what is shown.
  public static let readingTime = "event.created"

  /// True when columns of stored events do not say all that is wanted, as it stands in texts alone or is of the command that reads them.
  public var goesBeyondColumns: Bool { asksTexts || places[Self.readingTime] != nil }

  /// True for the path of a field that stands in the texts of events alone.
  public static func standsInTexts(_ path: String) -> Bool {
    RecordNames.name(ofPath: path) != nil || DocumentNames.contains(path)
  }

  /// True when fields are asked for by their paths alone.
  public var asksByPath: Bool { !everything && patterns.isEmpty }

  /// True when the field at a path is to have a column.
  public func wants(_ path: String) -> Bool {
    everything || places[path] != nil || patterns.contains { $0(path) }
  }

  /// True when some field below a path may be wanted.
  public func wantsBelow(_ path: String) -> Bool {
    guard asksByPath else { return true }
    let prefix = path + "."
    return paths.contains { $0.hasPrefix(prefix) } || nested[path] != nil
      || nested.keys.contains { $0.hasPrefix(prefix) }
  }
}
