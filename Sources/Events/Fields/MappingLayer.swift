import Synchronization

/// A mapping over a catalog, and what catalogs are with some of its indices alone.
final class MappingLayer: Sendable {
  private let base: FieldCatalog
  private let mapping: FieldMapping
  /// By the indices that count: many queries name the same.
  private let made = Mutex<[Set<String>: FieldCatalog]>([:])

  /// More are not kept.
  private static let mostKept = 50

  init(_ base: FieldCatalog, _ mapping: FieldMapping) {
    self.base = base
    self.mapping = mapping
  }

  /// The catalog with the fields of the indices that a pattern selects; nil where that is the whole mapping.
  func narrowed(to pattern: IndexPattern) -> FieldCatalog? {
    guard let indices = mapping.indices(of: pattern) else { return nil }
    if let known = made.withLock({ $0[indices] }) { return known }
    let catalog = base.applying(mapping.narrowed(to: indices))
    made.withLock { made in
      if made.count >= Self.mostKept { made.removeAll() }
      made[indices] = catalog
    }
    return catalog
  }
}
