import Events

/// A pattern of names of fields. An alias that it matches stands for its field.
struct NamePattern: Sendable {
  private let matcher: WildcardMatcher
  /// The types of the fields that matching aliases stand for, by their paths; of a multi-field by the path that it lies below.
  private let targets: [String: Set<FieldType>]

  init(_ pattern: WildcardPattern, _ catalog: FieldCatalog) {
    matcher = WildcardMatcher(pattern)
    var targets: [String: Set<FieldType>] = [:]
    for name in catalog.paths(matching: pattern.text) {
      let field = catalog.resolve(name)
      guard field.sourcePath != name, !catalog.multiFields(of: field.sourcePath).contains(where: { $0.path == name })
      else { continue }
      targets[field.sourcePath, default: []].insert(field.type)
    }
    self.targets = targets
  }

  /// Whether a field, or a multi-field of another one, is meant; a field of no known type is none that an alias stands for.
  func matches(_ path: String, _ type: FieldType?, of parent: String? = nil) -> Bool {
    if matcher.matches(path) { return true }
    guard !targets.isEmpty, let type else { return false }
    return targets[parent ?? path]?.contains(type) == true
  }
}
