/// A thing that events were ingested from, told from others by where it lies and from an earlier state of itself by its
/// size and time.
public struct SourceObject: Hashable, Sendable {
  /// An absolute path, or the address of an object elsewhere.
  public var origin: String
  /// Bytes as they lie there.
  public var size: Int64
  /// When it was last changed, in nanoseconds since the epoch.
  public var modified: Int64

  public init(origin: String, size: Int64, modified: Int64) {
    self.origin = origin
    self.size = size
    self.modified = modified
  }
}

extension SourceObject {
  /// What stands for the events of one request, so that it counts once however often it is sent.
  public init(token: String) { self.init(origin: "token:" + token, size: 0, modified: 0) }
}
