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
      of: value, [("gte", true), ("gt", false), ("from", flag("include_lower", of: value))], format, path: path)
    var upper = try bound(
      of: value, [("lte", true), ("lt", false), ("to", flag("include_upper", of: value))], format, path: path)
    if lower == nil, upper == nil { return .exists(.named(name)) }
    lower?.zone = zone
    upper?.zone = zone
    return .test(.named(name), .range(lower: lower, upper: upper))
  }

  /// Where dates are read that name no zone; nil where that is UTC. Fields of other types know no zones.
  private static func zone(of value: JSONValue, path: String) throws(FilterError) -> DateZone? {
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
    of value: JSONValue, _ names: [(name: String, inclusive: Bool)], _ format: DateForm, path: String
  ) throws(FilterError) -> RangeBound? {
    var found: RangeBound?
    for (name, inclusive) in names {
      guard let written = value[name], written != .null else { continue }
      let path = path + "." + name
      guard found == nil else { throw FilterError("the range has two bounds at one end", at: path) }
      found = RangeBound(try format.bound(try text(written, path: path), path: path), inclusive: inclusive)
    }
    return found
  }

  private enum DateForm {
    case asWritten
    case epochSeconds

    /// A bound in a form that needs no format: seconds become milliseconds.
    func bound(_ text: String, path: String) throws(FilterError) -> String {
      guard self == .epochSeconds, !text.hasPrefix("now") else { return text }
      guard let seconds = Int64(text), case let (milliseconds, false) = seconds.multipliedReportingOverflow(by: 1000)
      else { throw FilterError("the bound is no number of seconds", at: path) }
      return String(milliseconds)
    }
  }

  /// How bounds that are dates are written. The formats that ISO 8601 covers need no treatment.
  private static func format(of value: JSONValue, path: String) throws(FilterError) -> DateForm {
    switch value["format"] {
    case nil, .null: return .asWritten
    case "epoch_second": return .epochSeconds
    case .string(let formats):
      for format in formats.split(separator: "||", omittingEmptySubsequences: false) where !isoFormats.contains(format)
      {
        throw FilterError("the date format `\(format)` is not supported", at: path, isUnsupported: true)
      }
      return .asWritten
    default: throw FilterError("`format` is a text", at: path)
    }
  }

  private static let isoFormats: Set<Substring> = [
    "strict_date_optional_time", "date_optional_time", "strict_date_optional_time_nanos", "epoch_millis", "iso8601",
    "strict_date_time", "date_time", "strict_date_time_no_millis", "date_time_no_millis", "strict_date", "date",
    "strict_year_month_day", "strict_year_month", "yyyy-MM-dd", "uuuu-MM-dd", "yyyy-MM", "uuuu-MM",
    "yyyy-MM-dd'T'HH:mm:ss.SSSZ", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "yyyy-MM-dd'T'HH:mm:ssZ",
  ]
}
