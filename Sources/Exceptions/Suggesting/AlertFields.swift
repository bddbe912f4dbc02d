import JSON

/// Looks up values of an alert by full path, however it is nested.
struct AlertFields {
  let alert: JSONValue

  /// All plain values of a field as text, in their order.
  func values(_ path: String) -> [String] {
    var values: [String] = []
    Self.collect(alert, path[...], &values)
    return values
  }

  func first(_ path: String) -> String? { values(path).first }

  private static func collect(_ value: JSONValue, _ path: Substring, _ values: inout [String]) {
    switch value {
    case .array(let elements): for element in elements { collect(element, path, &values) }
    case .object(let members):
      guard !path.isEmpty else { return }
      if let member = members[String(path)] { collect(member, "", &values) }
      // The key may be any beginning of the path that ends before a point.
      var end = path.endIndex
      while let dot = path[..<end].lastIndex(of: ".") {
        if let member = members[String(path[..<dot])] { collect(member, path[path.index(after: dot)...], &values) }
        end = dot
      }
    case .string(let text): if path.isEmpty { values.append(text) }
    case .integer, .double, .number, .bool: if path.isEmpty { values.append(value.text) }
    case .null: break
    }
  }
}
