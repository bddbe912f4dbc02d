import Events
import JSON

extension QueryDSL {
  /// `range` with `gt`, `gte`, `lt`, `lte`, or the older `from`, `to`, `include_lower`, `include_upper`.
  ///
  /// A bound that is null is open; with both ends open, the field only has to exist.
  static func range(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    guard case .object(let members) = value else { throw FilterError("the bounds are an object", at: path) }
    for key in members.keys.sorted() where !known.contains(key) {
      throw FilterError("the setting `\(key)` of a range is unknown", at: path)
    }
    try refuse("relation", of: value, unless: ["intersects", "INTERSECTS"], path: path)
    let zone = try zone(of: value, path: path)
    let format = try format(of: value, path: path)
    var lower = try bound(
      of: value, [("gte", true), ("gt", false), ("from", flag("include_lower", of: value))], path: path)
    var upper = try bound(
      of: value, [("lte", true), ("lt", false), ("to", flag("include_upper", of: value))], path: path)
    if lower == nil, upper == nil { return .exists(.named(name)) }
    lower?.zone = zone
    upper?.zone = zone
    lower?.format = format
    upper?.format = format
    return .test(.named(name), .range(lower: lower, upper: upper))
  }

  /// Where dates are read that name no zone; nil where that is UTC. Fields of other types know no zones.
  static func zone(of value: JSONValue, path: String) throws(FilterError) -> DateZone? {
    guard let written = value["time_zone"], written != .null else { return nil }
    guard let zone = DateZone(try text(written, path: path + ".time_zone")) else {
      throw FilterError("`time_zone` is an offset such as +01:00, or a name such as Europe/Berlin", at: path)
    }
    return zone.isUTC ? nil : zone
  }

  private static let known: Set<String> = [
    "gte", "gt", "lte", "lt", "from", "to", "include_lower", "include_upper", "format", "time_zone", "relation",
    "boost", "_name",
  ]

  private static func flag(_ name: String, of value: JSONValue) -> Bool { value[name] != .bool(false) }

  private static func bound(
    of value: JSONValue, _ names: [(name: String, inclusive: Bool)], path: String
  ) throws(FilterError) -> RangeBound? {
    var found: RangeBound?
    for (name, inclusive) in names {
      guard let written = value[name], written != .null else { continue }
      let path = path + "." + name
      guard found == nil else { throw FilterError("the range has two bounds at one end", at: path) }
      found = RangeBound(try text(written, path: path), inclusive: inclusive)
    }
    return found
  }

  /// How bounds that are dates are written; nil for the format of the field.
  private static func format(of value: JSONValue, path: String) throws(FilterError) -> DateFormat? {
    switch value["format"] {
    case nil, .null: return nil
    case .string(let text):
      do throws(DatePatternError) {
        return try DateFormat(text)
      } catch {
        throw FilterError("`format` is no format of dates: \(error.message)", at: path)
      }
    default: throw FilterError("`format` is a text", at: path)
    }
  }
}
