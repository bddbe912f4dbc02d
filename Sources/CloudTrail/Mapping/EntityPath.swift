import Foundation
import JSON

/// Where an element of a record names something: members, and arrays whose elements are each looked at.
///
/// Its steps lie in memory that is never given back, since paths stand in tables that live as long as the process: what is
/// looked up for every record counts no references. Nobody changes them, so that they may be sent.
struct EntityPath: @unchecked Sendable, BitwiseCopyable {
  private struct Step: BitwiseCopyable {
    var key: UnsafeBufferPointer<UInt8>
    var isEach: Bool
  }

  private let steps: UnsafeBufferPointer<Step>

  /// Reads a path as `items[].groupId`.
  init(_ text: some StringProtocol) {
    let parts = text.split(separator: ".").map { part in
      let isEach = part.hasSuffix("[]")
      return Step(key: .immortal(Array(isEach ? part.dropLast(2).utf8 : part.dropLast(0).utf8)), isEach: isEach)
    }
    steps = .immortal(parts)
  }

  /// Calls `body` with every string that stands at the path below an object; what is none is passed over.
  ///
  /// - Parameter numbersToo: numbers count as well.
  func forEachText(in node: JSONNode, numbersToo: Bool = false, _ body: (JSONNode) -> Void) {
    visit(node, 0, numbersToo, body)
  }

  private func visit(_ node: JSONNode, _ depth: Int, _ numbersToo: Bool, _ body: (JSONNode) -> Void) {
    guard depth < steps.count else {
      if Self.isText(node, numbersToo: numbersToo) { body(node) }
      return
    }
    guard let value = member(node, steps[depth].key) else { return }
    if steps[depth].isEach {
      value.forEachElement { visit($0, depth + 1, numbersToo, body) }
    } else {
      visit(value, depth + 1, numbersToo, body)
    }
  }

  /// True of a string, and where they count of a number.
  @inline(__always)
  static func isText(_ node: JSONNode, numbersToo: Bool) -> Bool {
    node.isString || numbersToo && !node.isObject && !node.isArray && !node.isNull && !node.isBoolean
  }

  /// The first member of an object with a key.
  private func member(_ node: JSONNode, _ key: UnsafeBufferPointer<UInt8>) -> JSONNode? {
    guard node.isObject else { return nil }
    let index = node.index
    var at = node.token + 1
    while index.byte(at) == UInt8(ascii: "\"") {
      let name = index.rawString(at)
      if name.count == key.count, memcmp(key.baseAddress!, name.baseAddress!, name.count) == 0 {
        return JSONNode(index, token: at + 2)
      }
      at = index.tokenAfter(at + 2)
      guard index.byte(at) == UInt8(ascii: ",") else { return nil }
      at += 1
    }
    return nil
  }
}

extension UnsafeBufferPointer where Element: BitwiseCopyable {
  /// A copy of values that is never given back.
  static func immortal(_ values: [Element]) -> Self {
    let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: values.count)
    _ = copy.initialize(from: values)
    return UnsafeBufferPointer(copy)
  }
}
