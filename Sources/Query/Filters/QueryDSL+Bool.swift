import Events
import JSON

extension QueryDSL {
  /// The most conditions that "so many of these" may be spelled out into.
  private static let mostCombinations = 2000

  static func bool(_ body: JSONValue, catalog: FieldCatalog, path: String, depth: Int) throws(FilterError) -> Predicate
  {
    guard case .object(let members) = body else { throw FilterError("the clause is an object", at: path) }
    try allow(
      ["must", "filter", "should", "must_not", "mustNot", "minimum_should_match", "adjust_pure_negative"], in: body,
      of: "bool", path: path)
    func list(_ name: String) throws(FilterError) -> [Predicate] {
      try clauses(members[name] ?? .null, catalog: catalog, path: path + "." + name, depth: depth)
    }
    let required = try list("must") + list("filter")
    let optional = try list("should")
    let excluded = try list("must_not") + list("mustNot")
    guard !required.isEmpty || !optional.isEmpty || !excluded.isEmpty else { return .all }
    let parts = required + excluded.map { .not($0) }
    // Exclusions alone take something out of all events, whatever number is asked for, unless that is said not to be so.
    if required.isEmpty, optional.isEmpty {
      _ = try minimum(members["minimum_should_match"] ?? .null, of: 0, path: path)
      return try boolean("adjust_pure_negative", of: body, path: path) == false ? .nothing : .and(parts)
    }
    // Without anything required, at least one of the optional clauses has to hold.
    let least = required.isEmpty && !optional.isEmpty ? 1 : 0
    let stated = try minimum(members["minimum_should_match"] ?? .null, of: optional.count, path: path)
    guard let enough = atLeast(max(least, stated), of: optional) else {
      throw FilterError(tooMany, at: path, isUnsupported: true)
    }
    return .and(parts + [enough])
  }

  private static func minimum(_ value: JSONValue, of count: Int, path: String) throws(FilterError) -> Int {
    guard value != .null else { return 0 }
    guard let minimum = try MinimumMatch(text(value, path: path + ".minimum_should_match")) else {
      throw FilterError("`minimum_should_match` is a number such as 2, -1, 75% or 2<75%", at: path)
    }
    return minimum.count(of: count)
  }

  static let tooMany = "`minimum_should_match` leaves too many combinations"

  /// At least `least` of the parts hold; nil where there are too many ways to choose them.
  static func atLeast(_ least: Int, of parts: [Predicate]) -> Predicate? {
    if least == 0 { return .all }
    if least > parts.count { return .nothing }
    if least == 1 { return .or(parts) }
    if least == parts.count { return .and(parts) }
    var chosen: [[Predicate]] = [[]]
    // Every choice of `least` parts: each round adds one part to the choices that still need it.
    for (at, part) in parts.enumerated() {
      let left = parts.count - at - 1
      let withPart = chosen.filter { $0.count < least }.map { $0 + [part] }
      chosen = chosen.filter { $0.count + left >= least } + withPart.filter { $0.count + left >= least }
      guard chosen.count <= mostCombinations else { return nil }
    }
    return .or(chosen.map { .and($0) })
  }
}
