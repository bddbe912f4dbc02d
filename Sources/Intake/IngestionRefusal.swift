/// Why content was not stored now. It is to be handed over again later.
public struct IngestionRefusal: Error, CustomStringConvertible, Sendable {
  public enum Kind: Sendable {
    /// There is more in hand than memory allows: try again after some seconds.
    case busy
    /// The process is ending.
    case stopping
    /// The disk or the folder fails: try again after a while, it may be mended.
    case failed
  }

  public let kind: Kind
  /// A sentence without a full stop.
  public let description: String

  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
