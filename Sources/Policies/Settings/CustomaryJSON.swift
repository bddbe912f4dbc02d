import JSON

/// Writes a policy that an event carries as an object, with its members in the order in which people write them.
enum CustomaryJSON {
  private static let order = [
    "Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource",
    "NotResource", "Condition",
  ]

  static func text(_ value: JSONValue) -> String {
    var output: [UInt8] = []
    append(value, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  private static func append(_ value: JSONValue, to output: inout [UInt8]) {
    switch value {
    case .object(let members):
      output.append(UInt8(ascii: "{"))
      for (place, key) in members.keys.sorted(by: isBefore).enumerated() {
        if place > 0 { output.append(UInt8(ascii: ",")) }
        JSONString.appendQuoted(key, to: &output)
        output.append(UInt8(ascii: ":"))
        append(members[key] ?? .null, to: &output)
      }
      output.append(UInt8(ascii: "}"))
    case .array(let elements):
      output.append(UInt8(ascii: "["))
      for (place, element) in elements.enumerated() {
        if place > 0 { output.append(UInt8(ascii: ",")) }
        append(element, to: &output)
      }
      output.append(UInt8(ascii: "]"))
    default: value.append(to: &output)
    }
  }

  private static func isBefore(_ left: String, _ right: String) -> Bool {
    switch (order.firstIndex(of: left), order.firstIndex(of: right)) {
    case (let left?, let right?): left < right
    case (_?, nil): true
    case (nil, _?): false
    case (nil, nil): left.utf8.lexicographicallyPrecedes(right.utf8)
    }
  }
}
