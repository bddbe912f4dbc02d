/// How far a run has come.
public struct GenerationProgress: Sendable, Equatable {
  /// Files written so far.
  public var files: Int
  /// Records written so far.
  public var events: Int
  /// Records that the run will have written at its end.
  public var totalEvents: Int
  /// Bytes of JSON so far, before compression.
  public var uncompressedBytes: Int
  /// Bytes on disk so far.
  public var compressedBytes: Int
}
