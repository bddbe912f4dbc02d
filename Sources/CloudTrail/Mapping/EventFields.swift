import Events
import JSON

/// Looks up values of an event by full path, however it is nested; those of an alert also by the earlier names of its fields.
public struct EventFields {
  private let event: JSONNode

  public init(_ event: JSONNode) { self.event = event }

  /// The first value of a field as text.
  public func first(_ path: String) -> String? { all(path).first }

  /// All plain values of a field as text.
  public func all(_ path: String) -> [String] {
    var values: [String] = []
    collect(event, path[...], &values)
    if let target = AlertAliases.target(of: path) { collect(event, target[...], &values) }
    return values
  }

  /// The values that stand at a path, the elements of a list one by one.
  public func values(_ path: String) -> [JSONValue] {
    var found: [JSONValue] = []
    for path in [path] + [AlertAliases.target(of: path)].compactMap(\.self) {
      visit(event, path[...]) { node in
        found.append(JSONValue(node))
      }
    }
    return found
  }

  /// The first object that stands at a path.
  public func object(_ path: String) -> JSONNode? {
    var found: JSONNode?
    visit(event, path[...]) { if found == nil, $0.isObject { found = $0 } }
    return found
  }

  private func collect(_ node: JSONNode, _ path: Substring, _ values: inout [String]) {
    visit(node, path) { node in
      if let text = node.string {
        values.append(text)
      } else if !node.isObject, !node.isNull {
        values.append(String(decoding: node.rawScalar, as: UTF8.self))
      }
    }
  }

  /// Calls `body` with every value at a path, however it is nested; the elements of a list one by one.
  private func visit(_ node: JSONNode, _ path: Substring, _ body: (JSONNode) -> Void) {
    if node.isArray { return node.forEachElement { visit($0, path, body) } }
    if path.isEmpty { return body(node) }
    node.forEachMember { key, value in
      let name = String(decoding: key, as: UTF8.self)
      if path == name {
        visit(value, "", body)
      } else if path.hasPrefix(name), path.dropFirst(name.count).first == "." {
        visit(value, path.dropFirst(name.count + 1), body)
      }
    }
  }
}
