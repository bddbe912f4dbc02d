import AWS
import Events

/// A bucket that is looked through.
public struct BucketSettings: Sendable, Equatable {
  public var name: String
  public var bucket: String
  public var access = AWSSettings()
  /// What is listed; all of the bucket where there is no prefix. The shorter the list, the cheaper each look.
  public var keys = KeySelection()
  /// Objects that were last changed before this are not read.
  public var from: Timestamp?
  /// Between the end of a look and the next.
  public var interval: Duration = .seconds(120)
  /// Objects that are read at once.
  public var workers = 5
  public var memory = 128 << 20
  public var longestObject: Int64 = 1 << 30
  public var scratch: String
  /// Objects of one look that are held to be read, the newest first; the others are found by the next look.
  public var mostCandidates = 100_000

  public init(bucket: String, scratch: String) {
    self.bucket = bucket
    self.scratch = scratch
    name = "s3 " + bucket
  }
}
