import Events
import JSON

/// The leaves of an object of a flattened field, each a keyword under its dotted path.
enum FlattenedLeaves {
  /// Appends every leaf below `node` to the column of its path, and to the column `root` (-1: none) of all leaves.
  ///
  /// - Parameter left: a member of the outermost object that is left out.
  static func append(
    _ node: JSONNode, path: inout [UInt8], root: Int, leavingOut left: StaticString? = nil,
    to builder: EventBatchBuilder
  ) {
    if node.isObject {
      let length = path.count
      node.forEachMember { key, value in
        if let left, key.equals(left) { return }
        path.append(UInt8(ascii: "."))
        JSONString.appendUnescaped(key, to: &path)
        append(value, path: &path, root: root, to: builder)
        path.removeSubrange(length...)
      }
    } else if node.isArray {
      node.forEachElement { append($0, path: &path, root: root, to: builder) }
    } else if !node.isNull {
      let column = path.withUnsafeBufferPointer { builder.column($0) }
      guard column >= 0 || root >= 0 else { return }
      node.withScalar { value in
        guard value.kind != .string || !JSONString.isEmptyValue(value.bytes) else { return }
        if column >= 0 { builder.append(value, column: column) }
        if root >= 0, root != column { builder.append(value, column: root) }
      }
    }
  }
}

extension JSONNode {
  /// Calls `body` with a plain value, a string unescaped. The bytes are borrowed for the call.
  func withScalar(_ body: (Scalar) -> Void) {
    if isString {
      let raw = rawString
      guard JSONString.hasEscapes(raw) else { return body(Scalar(.string, raw)) }
      var unescaped: [UInt8] = []
      JSONString.appendUnescaped(raw, to: &unescaped)
      unescaped.withUnsafeBufferPointer { body(Scalar(.string, $0)) }
    } else if !isNull, !isObject, !isArray {
      body(Scalar(isBoolean ? .boolean : .number, rawScalar))
    }
  }
}
