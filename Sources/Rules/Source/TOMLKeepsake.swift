import JSON

/// Where rule files keep what TOML has no word for: the places of nulls, and of texts that stand for numbers which neither 64
/// bits nor a double hold. Each is a list of keys and indices from the top of the file, in `[martlet]`.
///
/// ```toml
/// [martlet]
/// nulls = [["rule", "throttle"], ["rule", "filters", 0, "meta", "alias"]]
/// numbers = [["rule", "filters", 0, "query", "range", "aws.quota", "gte"]]
/// ```
struct TOMLKeepsake {
  private static let table = "martlet"
  private static let nullsKey = "nulls"
  private static let numbersKey = "numbers"
  /// Places in one file.
  private static let most = 100_000

  /// The places of nulls, in the order of the file: left out of it.
  var nulls: [RuleKeyPath] = []
  /// The places of numbers that are written as texts.
  var numbers: [RuleKeyPath] = []

  var isEmpty: Bool { nulls.isEmpty && numbers.isEmpty }

  /// Adds the places to the tables of a file; throws where the file uses their place for something else.
  func pack(into root: inout [String: JSONValue]) throws(RuleWritingError) {
    guard let first = nulls.first ?? numbers.first else { return }
    guard case .object(var own) = root[Self.table] ?? .object([:]), own[Self.nullsKey] == nil,
      own[Self.numbersKey] == nil, nulls.count + numbers.count <= Self.most
    else {
      throw RuleWritingError(
        "`\(first)` is \(nulls.isEmpty ? "a number of more than 64 bits" : "null"), which TOML cannot hold, and "
          + "`\(Self.table)` is taken or cannot name \(nulls.count + numbers.count) such places")
    }
    if !nulls.isEmpty { own[Self.nullsKey] = .array(nulls.map(Self.listed)) }
    if !numbers.isEmpty { own[Self.numbersKey] = .array(numbers.map(Self.listed)) }
    root[Self.table] = .object(own)
  }

  private static func listed(_ path: RuleKeyPath) -> JSONValue {
    .array(
      path.steps.map { step in
        switch step {
        case .key(let key): .string(key)
        case .index(let index): .integer(Int64(index))
        }
      })
  }

  /// Puts nulls and numbers back to their places, and takes the lists of them out of the file's tables. What is no such list
  /// stays, and so does a place that there is not.
  static func unpack(_ root: inout [String: JSONValue]) {
    guard case .object(var own)? = root[table] else { return }
    let places = Places()
    var found: [String] = []
    for (key, kind) in [(nullsKey, Places.Kind.null), (numbersKey, .number)] {
      guard case .array(let listed)? = own[key], listed.count <= most else { continue }
      let paths = listed.compactMap(steps)
      guard paths.count == listed.count else { continue }
      for path in paths { places.add(path[...], kind) }
      found.append(key)
    }
    guard !found.isEmpty else { return }
    for key in found { own[key] = nil }
    root[table] = own.isEmpty ? nil : .object(own)
    if case .object(let filled) = places.applied(to: .object(root)) { root = filled }
  }

  private static func steps(_ value: JSONValue) -> [RuleKeyPath.Step]? {
    guard case .array(let parts) = value, !parts.isEmpty, parts.count <= 100 else { return nil }
    let steps = parts.compactMap { part -> RuleKeyPath.Step? in
      switch part {
      case .string(let key): .key(key)
      case .integer(let index): .index(Int(clamping: index))
      default: nil
      }
    }
    return steps.count == parts.count ? steps : nil
  }

  /// The places as a tree, so that a file is gone over once, however many there are.
  private final class Places {
    enum Kind { case null, number }

    private var kind: Kind?
    private var members: [String: Places] = [:]
    private var elements: [Int: Places] = [:]

    func add(_ path: ArraySlice<RuleKeyPath.Step>, _ kind: Kind) {
      switch path.first {
      case nil: self.kind = kind
      case .key(let key)?:
        let next = members[key] ?? Places()
        members[key] = next
        next.add(path.dropFirst(), kind)
      case .index(let index)?:
        let next = elements[index] ?? Places()
        elements[index] = next
        next.add(path.dropFirst(), kind)
      }
    }

    /// The value with what belongs to the places in it.
    func applied(to value: JSONValue) -> JSONValue {
      switch value {
      case .object(var known):
        for (key, place) in members {
          if let value = known[key] {
            known[key] = place.applied(to: value)
          } else if place.kind == .null {
            known[key] = .null
          }
        }
        return .object(known)
      case .array(let known):
        guard !elements.isEmpty else { return value }
        // Indices are those of the list as it was, with its nulls.
        var filled: [JSONValue] = []
        for value in known {
          while elements[filled.count]?.kind == .null { filled.append(.null) }
          filled.append(elements[filled.count]?.applied(to: value) ?? value)
        }
        while elements[filled.count]?.kind == .null { filled.append(.null) }
        return .array(filled)
      case .string(let text) where kind == .number: return Self.number(text) ?? value
      default: return value
      }
    }

    private static func number(_ text: String) -> JSONValue? {
      guard let value = try? JSONValue(parsing: text), case .number = value else { return nil }
      return value
    }
  }
}
