import Rules

/// What came of loading exceptions.
public struct ExceptionLoadResult: Sendable {
  /// The lists of the files, in their order.
  public internal(set) var lists: [ExceptionList] = []
  /// The exceptions that are sound, in the order of the files and within them.
  public internal(set) var items: [LoadedException] = []
  /// What is wrong, in the same order. An exception with an error is not among `items`: it would except too much or
  /// too little.
  public internal(set) var diagnostics: [Diagnostic] = []
  /// The number of files that were looked into.
  public internal(set) var files = 0

  public init() {}

  /// True when anything could not be read.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
