import Events
import JSON
import Query

/// Says whether one event satisfies a predicate: straight from the rules, one value after the other.
///
/// It is slow on purpose. What evaluates batches is held equal to it.
struct ReferenceEvaluator: Sendable {
  /// The type of a field by its full path.
  var type: @Sendable (String) -> FieldType
  /// The path that a field's values are read from: for a multi-field such as `x.text` its parent, else the path itself.
  var source: @Sendable (String) -> String = { $0 }
  /// The multi-fields of a field, by their whole paths.
  var multiFields: @Sendable (String) -> [String] = { _ in [] }
  /// What `now` means in dates.
  var now = Timestamp(milliseconds: 0)

  func matches(_ predicate: Predicate, _ event: JSONValue) -> Bool {
    matches(predicate, in: scope(event))
  }

  /// An event made ready for several predicates.
  func scope(_ event: JSONValue) -> Scope { scope("", event) }

  private func scope(_ path: String, _ object: JSONValue) -> Scope {
    Scope(path: path, object: object, leaves: leaves(of: object, at: path))
  }

  /// What a condition sees: the event, or one object of a nested field.
  struct Scope {
    /// The path of the nested field; empty for the event.
    fileprivate var path: String
    fileprivate var object: JSONValue
    fileprivate var leaves: [Leaf]
  }

  /// A value in the event.
  fileprivate struct Leaf {
    var path: String
    var value: JSONValue
    /// The flattened field that it lies under.
    var flattenedRoot: String?
    /// It lies in an object of a nested field below the scope.
    var isHidden: Bool
  }

  /// A value together with the type by which it is to be read.
  private struct TypedValue {
    var value: JSONValue
    var type: FieldType
    /// Blanks part a pattern into alternatives.
    var partsBlanks = false
  }

  func matches(_ predicate: Predicate, in scope: Scope) -> Bool {
    switch predicate {
    case .all: true
    case .nothing: false
    case .and(let parts): parts.allSatisfy { matches($0, in: scope) }
    case .or(let parts): parts.contains { matches($0, in: scope) }
    case .not(let inner): !matches(inner, in: scope)
    case .exists(let field):
      values(of: field, in: scope, orBelow: true).contains { ReferenceValue.isSearchable($0.value, $0.type) }
    case .test(let field, let test):
      values(of: field, in: scope, orBelow: false).contains {
        ReferenceValue.passes(test, $0.value, $0.type, partsBlanks: $0.partsBlanks, now: now)
      }
    // Asked of the language's own reference.
    case .holds: false
    case .nested(let path, let inner):
      // A field that is not nested has no objects of its own.
      type(path.text) == .nested
        && objects(at: path.text, in: scope).contains { matches(inner, in: self.scope(path.text, $0)) }
    }
  }

  // MARK: Fields

  /// The values that a selector reads; `orBelow`: of a plain object, the values of everything in it.
  private func values(of field: FieldSelector, in scope: Scope, orBelow: Bool) -> [TypedValue] {
    let leaves = scope.leaves
    switch field {
    case .named(let path):
      let visible = leaves.filter { !$0.isHidden }
      var found = visible.filter { $0.path == path || $0.flattenedRoot == path }.map(typed)
      if found.isEmpty, source(path) != path {
        found = visible.filter { $0.path == source(path) }.map { TypedValue(value: $0.value, type: type(path)) }
      }
      if found.isEmpty, orBelow, flattenedRoot(of: path) == nil {
        // Elasticsearch looks at every field below an object, multi-fields among them.
        found = visible.filter { $0.path.hasPrefix(path + ".") }.flatMap { leaf in
          ways(leaf).map { TypedValue(value: leaf.value, type: $0.type, partsBlanks: leaf.flattenedRoot != nil) }
        }
      }
      return found
    case .matching(let pattern):
      // Kibana wraps the fields of a pattern in `nested` itself, but not when it stands inside one already.
      let reachable = leaves.filter { scope.path.isEmpty || !$0.isHidden }
      return reachable.flatMap { leaf in
        ways(leaf).filter { ReferencePattern.matches(pattern, $0.path) }.map {
          TypedValue(value: leaf.value, type: $0.type, partsBlanks: leaf.flattenedRoot != nil)
        }
      }
    // Held to what is written by hand, and to the reference of the query DSL.
    case .lenient(let inner): return values(of: inner, in: scope, orBelow: orBelow)
    case .any:
      return leaves.filter { !$0.isHidden }.flatMap { leaf in
        ways(leaf).map { TypedValue(value: leaf.value, type: $0.type, partsBlanks: true) }
      }
    }
  }

  /// The fields that a value is in: its own and that one's multi-fields. The keys of a flattened field are no fields; the
  /// field itself has all their values.
  private func ways(_ leaf: Leaf) -> [(path: String, type: FieldType)] {
    if let root = leaf.flattenedRoot { return [(root, .wildcard)] }
    return [(leaf.path, type(leaf.path))] + multiFields(leaf.path).map { ($0, type($0)) }
  }

  private func typed(_ leaf: Leaf) -> TypedValue {
    // The leaves of a flattened field are keywords of any length.
    TypedValue(
      value: leaf.value, type: leaf.flattenedRoot == nil ? type(leaf.path) : .wildcard,
      partsBlanks: leaf.flattenedRoot != nil)
  }

  /// The paths of the objects that a path leads through: `a`, `a.b` of `a.b.c`.
  private func ancestors(of path: String) -> [String] {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false)
    return (1..<max(1, parts.count)).map { parts.prefix($0).joined(separator: ".") }
  }

  private func flattenedRoot(of path: String) -> String? {
    ancestors(of: path).first { type($0) == .flattened }
  }

  // MARK: Walking the event

  private func leaves(of object: JSONValue, at scope: String) -> [Leaf] {
    var leaves: [Leaf] = []
    walk(object, scope) { path, value in
      switch value {
      case .null, .array: return
      case .object:
        guard type(path) == .geoPoint else { return }
      case .bool, .integer, .double, .number, .string: break
      }
      if ancestors(of: path).contains(where: { type($0) == .geoPoint }) { return }
      let root = flattenedRoot(of: path)
      let isHidden = ancestors(of: root ?? path).contains {
        $0.utf8.count > scope.utf8.count && type($0) == .nested
      }
      leaves.append(Leaf(path: path, value: value, flattenedRoot: root, isHidden: isHidden))
    }
    return leaves
  }

  private func objects(at path: String, in scope: Scope) -> [JSONValue] {
    var objects: [JSONValue] = []
    walk(scope.object, scope.path) { at, value in
      if at == path, at != scope.path, case .object = value { objects.append(value) }
    }
    return objects
  }

  /// Calls `visit` with every value of an object and its full path; arrays are several values at one path.
  private func walk(_ value: JSONValue, _ path: String, _ visit: (String, JSONValue) -> Void) {
    visit(path, value)
    switch value {
    case .array(let elements):
      for element in elements { walk(element, path, visit) }
    case .object(let members):
      for (key, member) in members { walk(member, path.isEmpty ? key : path + "." + key, visit) }
    case .null, .bool, .integer, .double, .number, .string: break
    }
  }
}
