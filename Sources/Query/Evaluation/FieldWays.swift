import Events
import Synchronization

/// How conditions on several fields read the values of paths: worked out once for each, since a store is asked about the
/// same paths segment by segment. Whoever has the set of queries shares it.
final class FieldWays: Sendable {
  /// A field, or a multi-field, that a condition looks at.
  struct Way: Sendable {
    let type: FieldType
    let matcher: ValueMatcher
  }

  private struct Key: Hashable {
    let leaf: Int
    let path: String
  }

  private let known = Mutex<[Key: [Way]]>([:])
  /// Paths come from outside.
  private static let mostKnown = 1 << 16

  func ways(_ leaf: Int, _ path: String, _ make: () -> [Way]) -> [Way] {
    let key = Key(leaf: leaf, path: path)
    if let ways = known.withLock({ $0[key] }) { return ways }
    let ways = make()
    known.withLock { known in
      if known.count >= Self.mostKnown { known.removeAll() }
      known[key] = ways
    }
    return ways
  }
}

extension QuerySet {
  /// How a condition on several fields reads the values of a path: in no way where it does not look at it.
  func ways(_ leaf: Int, _ path: String) -> [FieldWays.Way] {
    fieldWays.ways(leaf, path) {
      // A point is there by its parts, which are no fields themselves.
      let field = point(of: path) ?? path
      let resolved = catalog.resolve(field)
      var asked = (path: field, type: resolved.type)
      // The keys of a flattened field are no fields either: the field itself has all their values. What was stored when nothing was
      // known of an integration has them under the keys alone.
      if let root = resolved.flattenedRoot, root != field {
        guard resolved.isOfIntegration else { return [] }
        asked = (root, .flattened)
      }
      // Of what stands beside documents only its own name asks.
      if DocumentNames.contains(field) { return [] }
      let (selector, condition) = (leaves[leaf].selector, leaves[leaf].condition)
      var partsBlanks = false
      if case .any = selector { partsBlanks = true }
      if case .object = selector, asked.type == .flattened { partsBlanks = true }
      return ([asked] + catalog.multiFields(of: asked.path)).compactMap { way in
        guard isSelected(way.path, way.type, of: asked.path, by: selector) else { return nil }
        switch condition {
        case .exists: return FieldWays.Way(type: way.type, matcher: .readable(way.type))
        case .test(let test):
          let matcher = ValueMatcher(test, type: way.type, now: someTime, partsBlanks: partsBlanks)
          return FieldWays.Way(type: way.type, matcher: matcher)
        case .inner: return nil
        }
      }
    }
  }

  private func isSelected(
    _ path: String, _ type: FieldType, of field: String, by selector: LeafSelector
  ) -> Bool {
    switch selector {
    case .object(let prefix): (path == prefix || path.hasPrefix(prefix + ".")) && isInReach(path)
    // A pattern reaches the objects of nested fields from outside, but not from inside another one.
    case .matching(let pattern): pattern.matches(path, type, of: field) && (nestedPath == nil || isInReach(path))
    case .any: isInReach(path)
    case .column, .index, .nested, .condition: false
    }
  }
}
