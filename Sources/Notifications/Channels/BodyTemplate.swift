import JSON

/// A body in JSON with `{{name}}` in place of values, such as a ticket system asks for.
///
/// A name within quotes is put in as the inside of a JSON string, so that nothing in an alert can change the body's form. `{{json name}}`
/// stands for a whole JSON value.
enum BodyTemplate {
  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  /// The names that there are.
  static let names: Set<String> = [
    "id", "kind", "headline", "text", "rule.id", "rule.name", "severity", "risk_score", "time", "who", "what", "target",
    "from",
    "account", "region", "why", "tags", "threats", "link", "count",
  ]

  /// Throws `Fault` for a template that knows no such name, or that is no JSON once names are put in.
  static func check(_ template: String) throws {
    let sample = try fill(template, Dictionary(uniqueKeysWithValues: names.map { ($0, .string("x\"\\y")) }))
    guard (try? JSONValue(parsing: sample)) != nil else {
      throw Fault(description: "with values put in, the template is no JSON")
    }
  }

  static func fill(_ template: String, _ values: [String: JSONValue]) throws -> String {
    var output = ""
    var rest = template[...]
    while let open = rest.firstRange(of: "{{") {
      output += rest[..<open.lowerBound]
      guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
        throw Fault(description: "a {{ in the template has no }}")
      }
      var name = rest[open.upperBound..<close.lowerBound].split(separator: " ").joined(separator: " ")
      let isValue = name.hasPrefix("json ")
      if isValue { name.removeFirst(5) }
      guard names.contains(name) else {
        throw Fault(description: "the template has the unknown name {{\(name.prefix(40))}}")
      }
      let value = values[name] ?? .null
      if isValue {
        output += value.text
      } else {
        let text = plain(value)
        // The quotes are bytes of their own, and no characters where a combining mark follows one.
        output += String(decoding: JSONValue.string(text).text.utf8.dropFirst().dropLast(), as: UTF8.self)
      }
      rest = rest[close.upperBound...]
    }
    return output + rest
  }

  private static func plain(_ value: JSONValue) -> String {
    switch value {
    case .null: ""
    case .string(let text): text
    case .array(let elements): elements.map(plain).joined(separator: ", ")
    default: value.text
    }
  }
}
