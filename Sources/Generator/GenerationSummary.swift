/// What a run has written.
public struct GenerationSummary: Sendable, Equatable {
  /// CloudTrail files, the manifest not counted.
  public var files: Int
  /// Records in those files.
  public var events: Int
  /// Bytes of JSON, before compression.
  public var uncompressedBytes: Int
  /// Bytes on disk, the manifest not counted.
  public var compressedBytes: Int
  /// The planted attacks, in the order in which they were asked for.
  public var planted: [PlantedAttack]
}
