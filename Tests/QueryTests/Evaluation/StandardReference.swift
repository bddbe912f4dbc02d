import Events
import Synchronization

extension ReferenceEvaluator {
  /// The reference over the standard catalog.
  static func standard(now: Timestamp) -> ReferenceEvaluator {
    let types = KnownTypes()
    return ReferenceEvaluator(
      type: { types.field($0).type }, source: { types.field($0).sourcePath },
      multiFields: { FieldCatalog.standard.multiFields(of: $0).map(\.path) }, now: now)
  }
}

/// Remembers what paths stand for.
private final class KnownTypes: Sendable {
  private let known = Mutex<[String: ResolvedField]>([:])

  func field(_ path: String) -> ResolvedField {
    known.withLock { known in
      if let field = known[path] { return field }
      let field = FieldCatalog.standard.resolve(path)
      known[path] = field
      return field
    }
  }
}
