import JSON

/// Where an element of a record names something: members, and arrays whose elements are each looked at.
struct EntityPath: Sendable {
  private struct Step: Sendable {
    var key: [UInt8]
    var isEach: Bool
  }

  private let steps: [Step]

  /// Reads a path as `items[].groupId`.
  init(_ text: some StringProtocol) {
    steps = text.split(separator: ".").map { part in
      part.hasSuffix("[]")
        ? Step(key: Array(part.dropLast(2).utf8), isEach: true) : Step(key: Array(part.utf8), isEach: false)
    }
  }

  /// Calls `body` with every text that stands at the path below an object and is not empty; what is none is passed over.
  ///
  /// - Parameter numbersToo: numbers count as the text that they are written with.
  func forEachText(in node: JSONNode, numbersToo: Bool = false, _ body: (String) -> Void) {
    visit(node, steps[...], numbersToo, body)
  }

  private func visit(_ node: JSONNode, _ steps: ArraySlice<Step>, _ numbersToo: Bool, _ body: (String) -> Void) {
    guard let step = steps.first else {
      if let text = node.string {
        if !node.isEmptyValue { body(text) }
      } else if numbersToo, !node.isObject, !node.isArray, !node.isNull, !node.isBoolean {
        body(String(decoding: node.rawScalar, as: UTF8.self))
      }
      return
    }
    guard let value = member(node, step.key) else { return }
    if step.isEach {
      value.forEachElement { visit($0, steps.dropFirst(), numbersToo, body) }
    } else {
      visit(value, steps.dropFirst(), numbersToo, body)
    }
  }

  private func member(_ node: JSONNode, _ key: [UInt8]) -> JSONNode? {
    var found: JSONNode?
    node.forEachMember { name, value in
      if found == nil, name.elementsEqual(key) { found = value }
    }
    return found
  }

  /// Where requests and responses name instances.
  static let instances = ["instanceId", "target", "resourceId", "instanceIds[]", "instancesSet.items[].instanceId"].map
  {
    EntityPath($0)
  }
}
