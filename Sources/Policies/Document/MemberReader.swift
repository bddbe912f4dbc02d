import JSON

/// Takes the members of an object by name, in any case, and keeps those that nobody asked for.
struct MemberReader {
  private(set) var rest: [String: JSONValue]

  init(_ members: [String: JSONValue]) { rest = members }

  /// Removes and returns a member: the one spelt exactly, else the first in another case.
  mutating func take(_ name: String) -> JSONValue? {
    guard let key = key(name) else { return nil }
    return rest.removeValue(forKey: key)
  }

  func has(_ name: String) -> Bool { key(name) != nil }

  private func key(_ name: String) -> String? {
    if rest[name] != nil { return name }
    let folded = name.lowercased()
    return rest.keys.filter { $0.lowercased() == folded }.min()
  }
}

extension JSONValue {
  /// The value of a string, number or boolean as text; nil for anything else.
  var scalarText: String? {
    switch self {
    case .string(let text): text
    case .bool, .integer, .double, .number: text
    case .null, .array, .object: nil
    }
  }

  /// The texts of a scalar or of a list of them; nil when anything else is among them.
  var texts: [String]? {
    guard case .array(let elements) = self else { return scalarText.map { [$0] } }
    var texts: [String] = []
    for element in elements {
      guard let text = element.scalarText else { return nil }
      texts.append(text)
    }
    return texts
  }
}
