/// Which objects of a bucket are read, by their keys.
public struct KeySelection: Sendable, Equatable {
  /// Keys begin with one of these; all are read where there is none.
  public var prefixes: [String] = []
  /// Keys that hold one of these are not read. CloudTrail's digests tell of files and hold no events.
  public var skipped = ["/CloudTrail-Digest/"]

  public init() {}

  /// Names that end in a slash are folders that some programs make.
  public func takes(_ key: String) -> Bool {
    (prefixes.isEmpty || prefixes.contains { key.utf8.starts(with: $0.utf8) }) && !skipped.contains { key.contains($0) }
      && !key.hasSuffix("/")
  }
}
