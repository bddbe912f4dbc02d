import JSON

/// The bounds on YAML that is read.
enum YAMLLimits {
  /// Bytes of a file.
  static let fileBytes = 1 << 20
  /// Levels of lists and maps within each other; records may not be deeper either.
  static let depth = JSONLimits.depth
  /// Values in a document, those that aliases repeat counted each time.
  static let nodes = 200_000
  /// Bytes of all texts of a document, those that aliases repeat counted each time.
  static let textBytes = 32 << 20
}
