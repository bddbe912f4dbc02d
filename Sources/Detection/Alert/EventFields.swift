import JSON

/// Looks up values of an event by full path, however it is nested.
public struct EventFields {
  private let event: JSONNode

  public init(_ event: JSONNode) { self.event = event }

  /// The first value of a field as text.
  public func first(_ path: String) -> String? { all(path).first }

  /// All plain values of a field as text.
  public func all(_ path: String) -> [String] {
    var values: [String] = []
    collect(event, path[...], &values)
    return values
  }

  private func collect(_ node: JSONNode, _ path: Substring, _ values: inout [String]) {
    if node.isArray { return node.forEachElement { collect($0, path, &values) } }
    if path.isEmpty {
      if let text = node.string {
        values.append(text)
      } else if !node.isObject, !node.isNull {
        values.append(String(decoding: node.rawScalar, as: UTF8.self))
      }
      return
    }
    node.forEachMember { key, value in
      let name = String(decoding: key, as: UTF8.self)
      if path == name {
        collect(value, "", &values)
      } else if path.hasPrefix(name), path.dropFirst(name.count).first == "." {
        collect(value, path.dropFirst(name.count + 1), &values)
      }
    }
  }
}
