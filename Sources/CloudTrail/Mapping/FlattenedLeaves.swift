import Events
import JSON

/// The leaves of an object of a flattened field, each a keyword under its dotted path.
enum FlattenedLeaves {
  /// Appends every leaf below `node`, which stands at `place`, to the column of its path, and to the column `root` (a
  /// negative number: none) of all leaves.
  ///
  /// - Parameter left: a member of the outermost object that is left out.
  static func append(
    _ node: JSONNode, at place: PathNode, root: Int, leavingOut left: StaticString? = nil,
    to builder: EventBatchBuilder
  ) {
    if node.isObject {
      var previous = place
      node.forEachMember { key, value in
        if let left, key.equals(left) { return }
        append(value, at: builder.child(of: place, key, after: &previous), root: root, to: builder)
      }
    } else if node.isArray {
      node.forEachElement { append($0, at: place, root: root, to: builder) }
    } else if !node.isNull {
      node.withScalar { value in
        guard value.kind != .string || !JSONString.isEmptyValue(value.bytes) else { return }
        builder.append(value, at: place)
        if root >= 0, root != builder.column(of: place) { builder.append(value, column: root) }
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
