/// The archives that are opened.
enum ArchiveFormat: Equatable {
  case zip
  case tar

  /// Tells an archive by what it starts with; nil for anything else.
  init?(_ head: UnsafeBufferPointer<UInt8>) {
    guard head.count >= 4 else { return nil }
    // An entry, the end of an archive without entries, or the mark of one that was written in parts.
    if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0x50, 0x4B, 0x05, 0x06])
      || head.starts(with: [0x50, 0x4B, 0x07, 0x08])
    {
      self = .zip
    } else if Self.isTar(head) {
      self = .tar
    } else {
      return nil
    }
  }

  /// True for a tar header: by its mark, or, for the oldest form, by its checksum.
  private static func isTar(_ head: UnsafeBufferPointer<UInt8>) -> Bool {
    guard head.count >= 512, head[0] != 0 else { return false }
    if head[257..<262].elementsEqual("ustar".utf8) { return true }
    let field = head[148..<156]
    let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
    guard !digits.isEmpty else { return false }
    let stated = digits.reduce(0) { $0 * 8 + Int($1 - 0x30) }
    // The checksum itself counts as blanks.
    let sum = head[..<512].reduce(0) { $0 + Int($1) } - field.reduce(0) { $0 + Int($1) } + 8 * 0x20
    return sum == stated
  }
}
