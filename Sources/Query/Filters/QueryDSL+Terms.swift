import Events
import JSON

extension QueryDSL {
  static func term(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    guard case .object = value else { return .test(.named(name), .term(try text(value, path: path))) }
    try allow(["value", "term", "case_insensitive"], in: value, of: "term", path: path)
    let text = try text(value["value"] ?? value["term"] ?? .null, path: path + ".value")
    guard try ignoresCase(value, path: path) else { return .test(.named(name), .term(text)) }
    return .test(.named(name), .termPattern(WildcardPattern([.literal(text)], ignoresCase: true)))
  }

  static func terms(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    guard case .array(let values) = value else {
      throw FilterError("`terms` takes its values as a list", at: path, isUnsupported: true)
    }
    var parts: [Predicate] = []
    for (at, value) in values.enumerated() {
      parts.append(.test(.named(name), .term(try text(value, path: "\(path)[\(at)]"))))
    }
    return .or(parts)
  }

  /// `ids`: events by the id that they have as documents.
  static func ids(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    try allow(["values", "type"], in: body, of: "ids", path: path)
    let values: [JSONValue]
    switch body["values"] {
    case nil, .null: throw FilterError("the clause has no list `values`", at: path)
    case .array(let list): values = list
    case let one?: values = [one]
    }
    var parts: [Predicate] = []
    for (at, value) in values.enumerated() {
      parts.append(.test(.named(DocumentNames.id), .term(try text(value, path: "\(path).values[\(at)]"))))
    }
    return .or(parts)
  }

  static func prefix(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    try allow(["value", "prefix", "rewrite", "case_insensitive"], in: value, of: "prefix", path: path)
    let start = try text(value["value"] ?? value["prefix"] ?? value, path: path)
    let pattern = WildcardPattern([.literal(start), .anyRun], ignoresCase: try ignoresCase(value, path: path))
    return .test(.named(name), .termPattern(pattern))
  }

  static func wildcard(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    try allow(["value", "wildcard", "rewrite", "case_insensitive"], in: value, of: "wildcard", path: path)
    let written = try text(value["value"] ?? value["wildcard"] ?? value, path: path)
    let pattern = WildcardPattern(written: written, ignoresCase: try ignoresCase(value, path: path))
    return .test(.named(name), .termPattern(pattern))
  }

  static func regexp(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    try allow(
      ["value", "flags", "flags_value", "max_determinized_states", "rewrite", "case_insensitive"], in: value,
      of: "regexp", path: path)
    let flags = try regexFlags(of: value, path: path)
    let effort = try effort(of: value, path: path)
    let written = try text(value["value"] ?? value, path: path)
    guard written.utf16.count <= longestRegex else {
      throw FilterError(
        "the regular expression has \(written.utf16.count) characters, and Elasticsearch takes \(longestRegex) at most",
        at: path)
    }
    do {
      return .test(
        .named(name),
        .regex(
          try RegularExpression(
            written, ignoresCase: try ignoresCase(value, path: path), flags: flags, effort: effort)))
    } catch let error as RegularExpression.Fault {
      throw FilterError("the regular expression cannot be read: \(error.message)", at: path)
    } catch let error as FilterError {
      throw error
    } catch {
      throw FilterError("\(error)", at: path)
    }
  }

  /// What may be spent on a regular expression.
  static func effort(of body: JSONValue, path: String) throws(FilterError) -> Int {
    guard let states = body["max_determinized_states"], states != .null else { return RegularExpression.usualEffort }
    guard let number = Int32(try text(states, path: path + ".max_determinized_states")), number >= 0 else {
      throw FilterError("`max_determinized_states` is a whole number from 0 to 2147483647", at: path)
    }
    return Int(number)
  }

  /// What `index.max_regex_length` is unless an index says otherwise.
  private static let longestRegex = 1000

  /// The optional operators of a `regexp`, by names or as a sum; all of them where nothing is said.
  private static func regexFlags(of value: JSONValue, path: String) throws(FilterError) -> RegexFlags {
    if let written = value["flags"], written != .null {
      let names = try text(written, path: path + ".flags")
      guard let flags = RegexFlags(names: names) else {
        throw FilterError(
          "`flags` are ALL, NONE, or some of COMPLEMENT, INTERVAL, INTERSECTION, ANYSTRING and EMPTY joined by `|`",
          at: path)
      }
      return flags
    }
    guard let sum = value["flags_value"], sum != .null else { return .all }
    guard let number = Int32(try text(sum, path: path + ".flags_value")) else {
      throw FilterError("`flags_value` is a whole number", at: path)
    }
    var flags = RegexFlags(rawValue: Int(number)).intersection(.all)
    // Complements have a bit of their own since they are no more among the usual operators.
    if number & 0x10000 != 0 { flags.insert(.complement) }
    return flags
  }

  private static func ignoresCase(_ value: JSONValue, path: String) throws(FilterError) -> Bool {
    switch value["case_insensitive"] {
    case nil, .null: return false
    case .bool(let flag): return flag
    default: throw FilterError("`case_insensitive` is true or false", at: path)
    }
  }
}
