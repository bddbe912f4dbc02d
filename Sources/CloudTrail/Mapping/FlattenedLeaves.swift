import Events
import JSON

/// The leaves of an object of a flattened field, each a keyword under its dotted path.
enum FlattenedLeaves {
  /// Appends every leaf below `node`, which stands at `place`, to the column of its path, and to the column `root` (a
  /// negative number: none) of all leaves.
  ///
  /// - Parameters:
  ///   - left: a member of the outermost object that is left out.
  ///   - mayBeEscaped: false when no backslash stands in the text of the node.
  static func append(
    _ node: JSONNode, at place: PathNode, root: Int, leavingOut left: StaticString? = nil, mayBeEscaped: Bool,
    to builder: EventBatchBuilder
  ) {
    // Where nothing is asked for, nothing needs to be looked at.
    guard !place.isUnwanted || root >= 0 else { return }
    let walk = Walk(index: node.index, root: root, mayBeEscaped: mayBeEscaped, builder: builder)
    if node.isObject, let left {
      var previous = place
      node.forEachMember { key, value in
        if key.equals(left) { return }
        _ = walk.append(value.token, at: builder.child(of: place, key, after: &previous))
      }
    } else {
      _ = walk.append(node.token, at: place)
    }
  }

  /// Goes over values once, each step telling where the next value starts.
  private struct Walk {
    let index: StructuralIndex
    let root: Int
    let mayBeEscaped: Bool
    let builder: EventBatchBuilder

    /// Appends the leaves of the value at `token`; gives the token after it.
    func append(_ token: Int, at place: PathNode) -> Int {
      switch index.byte(token) {
      case UInt8(ascii: "\""):
        let raw = index.rawString(token)
        if mayBeEscaped, JSONString.hasEscapes(raw) {
          appendUnescaped(raw, at: place)
        } else if !JSONString.isEmptyValue(raw) {
          builder.append(Scalar(.string, raw), at: place, root: root)
        }
        return token + 1
      case UInt8(ascii: "{"):
        var previous = place
        var at = token + 1
        while index.byte(at) == UInt8(ascii: "\"") {
          let member = builder.child(of: place, index.rawString(at), after: &previous)
          at = append(at + 2, at: member)
          guard index.byte(at) == UInt8(ascii: ",") else { break }
          at += 1
        }
        return at + 1
      case UInt8(ascii: "["):
        var at = token + 1
        guard index.byte(at) != UInt8(ascii: "]") else { return at + 1 }
        while true {
          at = append(at, at: place)
          guard index.byte(at) == UInt8(ascii: ",") else { return at + 1 }
          at += 1
        }
      case UInt8(ascii: "n"): return token + 1
      case UInt8(ascii: "t"), UInt8(ascii: "f"):
        builder.append(Scalar(.boolean, index.rawScalar(token)), at: place, root: root)
        return token + 1
      default:
        builder.append(Scalar(.number, index.rawScalar(token)), at: place, root: root)
        return token + 1
      }
    }

    @inline(never)
    private func appendUnescaped(_ raw: UnsafeBufferPointer<UInt8>, at place: PathNode) {
      var value: [UInt8] = []
      JSONString.appendUnescaped(raw, to: &value)
      value.withUnsafeBufferPointer {
        if !JSONString.isEmptyValue($0) { builder.append(Scalar(.string, $0), at: place, root: root) }
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
