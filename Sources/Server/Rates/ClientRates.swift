/// How much one client may ask for: a bucket of requests and one of bytes, each of which fills at a rate up to its burst.
public struct ClientRates: Sendable, Equatable {
  /// What fills each second, and what there is at most.
  public struct Rate: Sendable, Equatable {
    public var perSecond: Double
    public var burst: Double

    /// - Parameter burst: what a client that has rested may ask for at once; what two seconds give where it is nil.
    public init(perSecond: Double, burst: Double? = nil) {
      self.perSecond = perSecond
      self.burst = max(1, burst ?? 2 * perSecond)
    }
  }

  /// Nil for no bound.
  public var requests: Rate?
  /// Bytes of bodies, as they are after decompression, or as they are announced where that is more; nil for no bound.
  public var bytes: Rate?

  public init(requests: Rate? = nil, bytes: Rate? = nil) {
    self.requests = requests
    self.bytes = bytes
  }
}
