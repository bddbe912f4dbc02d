/// What a field name in a query or a rule stands for.
public struct ResolvedField: Hashable, Sendable {
  /// The path whose values are read: the path as asked for, save that for a multi-field (`user.name.text`) it is the
  /// field itself (`user.name`).
  public var sourcePath: String
  /// How the values compare. A path that nothing is known of is a keyword with the usual limit.
  public var type: FieldType
  /// Whether the field is in the catalog, or lies below a field that may hold any key.
  public var isKnown: Bool
  /// The flattened field that the path is, or lies below.
  public var flattenedRoot: String?
  /// The innermost nested field that the path lies below.
  public var nestedPath: String?
  /// Whether it is known from an integration alone, and neither from the schema nor from a mapping.
  public var isOfIntegration = false

  public init(
    sourcePath: String, type: FieldType, isKnown: Bool, flattenedRoot: String? = nil, nestedPath: String? = nil
  ) {
    self.sourcePath = sourcePath
    self.type = type
    self.isKnown = isKnown
    self.flattenedRoot = flattenedRoot
    self.nestedPath = nestedPath
  }
}
