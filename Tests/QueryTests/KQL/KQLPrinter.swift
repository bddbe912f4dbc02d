import Query

/// Writes predicates as KQL, for those that KQL can say.
struct KQLPrinter {
  static func text(_ predicate: Predicate) -> String { KQLPrinter(path: nil).print(predicate) }

  /// The nested field whose braces we are in.
  var path: String?

  private func print(_ predicate: Predicate) -> String {
    switch predicate {
    case .all: "*: *"
    case .nothing: "not *: *"
    case .and(let parts): parts.map { "(" + print($0) + ")" }.joined(separator: " and ")
    case .or(let parts): parts.map { "(" + print($0) + ")" }.joined(separator: " OR ")
    case .not(let inner): "not (" + print(inner) + ")"
    case .nested(let path, let inner):
      name(.named(path)) + ": { " + KQLPrinter(path: path).print(inner) + " }"
    case .exists(let field): name(field) + ": *"
    case .test(let field, let test):
      switch test {
      case .match(let value): lead(field) + Self.escaped(value)
      case .phrase(let value): lead(field) + Self.quoted(value)
      case .wildcard(let pattern): lead(field) + Self.written(pattern)
      case .range(let lower, let upper):
        [
          lower.map { name(field) + ($0.inclusive ? " >= " : " > ") + Self.quoted($0.value) },
          upper.map { name(field) + ($0.inclusive ? " <= " : " < ") + Self.escaped($0.value) },
        ].compactMap(\.self).joined(separator: " and ")
      // KQL has no lists; printed queries are made without them.
      case .list: name(field) + ": \"\""
      }
    }
  }

  private func lead(_ field: FieldSelector) -> String { field == .any ? "" : name(field) + ": " }

  private func name(_ field: FieldSelector) -> String {
    switch field {
    case .any: return "*"
    case .named(let full): return Self.escaped(path.map { String(full.dropFirst($0.count + 1)) } ?? full)
    case .matching(let pattern):
      guard let path, case .literal(let lead) = pattern.parts.first else { return Self.written(pattern) }
      return Self.written(
        WildcardPattern([.literal(String(lead.dropFirst(path.count + 1)))] + pattern.parts.dropFirst()))
    }
  }

  private static func written(_ pattern: WildcardPattern) -> String {
    pattern.parts.map { if case .literal(let text) = $0 { escaped(text) } else { "*" } }.joined()
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\" + String($0) : String($0) }.joined() + "\""
  }

  /// Every character that could mean something is escaped.
  private static func escaped(_ text: String) -> String {
    if ["and", "or"].contains(text) { return "\\" + text }
    // `\not` is the word only where the word ends, else a line break and `ot`.
    if text == "not" { return "\\u006eot" }
    return text.unicodeScalars.map { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_", "é", "😀": String(scalar)
      case "\\", "(", ")", ":", "<", ">", "\"", "*", "{", "}": "\\" + String(scalar)
      default: String(scalar).utf16.map { "\\u" + hex($0) }.joined()
      }
    }.joined()
  }

  private static func hex(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }
}
