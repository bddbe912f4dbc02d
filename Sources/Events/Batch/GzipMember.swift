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

  /// True where a member is worth keeping that has so many bytes and unpacks to so many: with less text, packing several texts together takes
  /// less room, and with more, a record that is asked for alone costs too much.
  public static func isWorthKeeping(_ bytes: Int, textBytes: Int) -> Bool {
    (128 << 10...8 << 20).contains(textBytes) && bytes <= textBytes / 4
  }
}
