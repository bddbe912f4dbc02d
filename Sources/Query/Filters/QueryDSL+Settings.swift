import JSON

extension QueryDSL {
  /// Refuses settings that a clause does not have; every clause has `boost` and `_name`.
  static func allow(
    _ known: Set<String>, in body: JSONValue, of kind: String, path: String
  ) throws(FilterError) {
    guard case .object(let members) = body else { return }
    for key in members.keys.sorted() where key != "boost" && key != "_name" && !known.contains(key) {
      throw FilterError("a \(kind) clause has no `\(key)`", at: path)
    }
  }

  /// Refuses settings of a clause that change what it matches; `allowed` are the values that change nothing.
  static func refuse(
    _ name: String, of body: JSONValue, unless allowed: [JSONValue] = [], path: String
  ) throws(FilterError) {
    guard let value = body[name], value != .null, !allowed.contains(value) else { return }
    throw FilterError("the setting `\(name)` is not supported", at: path, isUnsupported: true)
  }

  /// A setting that is true or false; nil where it is not stated.
  static func boolean(_ name: String, of body: JSONValue, path: String) throws(FilterError) -> Bool? {
    switch body[name] {
    case nil, .null: return nil
    case .bool(let flag): return flag
    case "true": return true
    case "false": return false
    default: throw FilterError("`\(name)` is true or false", at: path)
    }
  }

  static func wholeNumber(_ name: String, of body: JSONValue, path: String) throws(FilterError) -> Int? {
    guard let written = body[name], written != .null else { return nil }
    guard let number = Int(try text(written, path: path + "." + name)), 0...1_000_000 ~= number else {
      throw FilterError("`\(name)` is a whole number from 0", at: path)
    }
    return number
  }

  /// The words that are nearly the same are not cut here; their number has to be one all the same.
  static func checkExpansions(_ name: String, of body: JSONValue, path: String) throws(FilterError) {
    guard let most = try wholeNumber(name, of: body, path: path), most == 0 else { return }
    throw FilterError("`\(name)` is a whole number from 1", at: path)
  }

  /// Whether a setting joins by AND; it joins by OR unless it is given.
  static func requiresAll(_ setting: String, of body: JSONValue, path: String) throws(FilterError) -> Bool {
    switch body[setting] {
    case nil, .null, "OR", "or", "Or": return false
    case "AND", "and", "And": return true
    default: throw FilterError("`\(setting)` is AND or OR", at: path)
    }
  }

  /// `minimum_should_match`; nil where it is not stated.
  static func least(of body: JSONValue, path: String) throws(FilterError) -> MinimumMatch? {
    guard let written = body["minimum_should_match"], written != .null else { return nil }
    guard let least = MinimumMatch(try text(written, path: path + ".minimum_should_match")) else {
      throw FilterError("`minimum_should_match` is a number such as 2, -1, 75% or 2<75%", at: path)
    }
    return least
  }

  static func fuzziness(of body: JSONValue, path: String) throws(FilterError) -> Fuzziness? {
    guard let written = body["fuzziness"], written != .null else { return nil }
    guard let fuzziness = Fuzziness(try text(written, path: path + ".fuzziness")) else {
      throw FilterError("`fuzziness` is 0, 1, 2, AUTO or AUTO:3,6", at: path)
    }
    return fuzziness
  }

  /// The name of a field; what is not compared value by value has to be asked of one.
  static func named(_ field: FieldSelector, path: String) throws(FilterError) -> String {
    guard let name = field.path else {
      throw FilterError(
        "this is asked of fields that are named, here of every field or of a pattern", at: path, isUnsupported: true)
    }
    return name
  }

  /// The `fields` of a clause without their weights; every field where it has none. They are asked leniently where the
  /// clause says so, and where it asks every field.
  static func fields(of body: JSONValue, path: String) throws(FilterError) -> [FieldSelector] {
    var list: [JSONValue]
    switch body["fields"] {
    case nil, .null: list = []
    case .array(let names): list = names
    case let name?: list = [name]
    }
    if let name = body["default_field"], name != .null {
      guard list.isEmpty else {
        throw FilterError("`fields` and `default_field` do not go together", at: path)
      }
      list = [name]
    }
    var selectors: [FieldSelector] = []
    for name in list {
      guard case .string(let name) = name else { throw FilterError("a field is named by a text", at: path + ".fields") }
      selectors.append(try weighted(name, path: path))
    }
    if selectors.isEmpty { selectors = [.any] }
    return try isLenient(body, selectors, path: path) ? selectors.map(\.leniently) : selectors
  }

  /// Whether what the type of a field cannot read finds nothing: as it is said, else where every field is asked.
  static func isLenient(
    _ body: JSONValue, _ fields: [FieldSelector], path: String
  ) throws(FilterError) -> Bool {
    let stated = try boolean("lenient", of: body, path: path)
    guard stated == false, fields.contains(.any) else { return stated ?? fields.contains(.any) }
    throw FilterError(
      "`lenient: false` is not supported where every field is asked: name the fields", at: path, isUnsupported: true)
  }

  /// The field before a weight, such as `user.name^2`.
  private static func weighted(_ name: String, path: String) throws(FilterError) -> FieldSelector {
    let parts = name.split(separator: "^", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count > 1 {
      guard let weight = Double(parts[1]), weight >= 0 else {
        throw FilterError("the weight of a field is a number from 0", at: path + ".fields")
      }
    }
    let plain = parts.first.map { String($0) } ?? ""
    return plain == "*" ? .any : selector(plain)
  }
}
