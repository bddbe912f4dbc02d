/// A text as the gzip member that it came as.
///
/// A store may keep it as it is, in place of packing anew what is packed already.
public struct GzipMember: Sendable {
  /// The whole member, from its first byte to its last.
  public let bytes: [UInt8]
  /// How long the text is that it unpacks to, in bytes.
  public let textBytes: Int

  public init(_ bytes: [UInt8], textBytes: Int) {
    self.bytes = bytes
    self.textBytes = textBytes
  }
}
