/// An object in a bucket that something has told of.
public struct ObjectReference: Hashable, Sendable {
  public var bucket: String
  /// As it is, not as it is written in addresses.
  public var key: String
  /// Of a bucket that keeps versions.
  public var version: String?
  /// Bytes, where that was told.
  public var size: Int64?

  public init(bucket: String, key: String, version: String? = nil, size: Int64? = nil) {
    self.bucket = bucket
    self.key = key
    self.version = version
    self.size = size
  }

  public var address: String { "s3://\(bucket)/\(key)" }
}
