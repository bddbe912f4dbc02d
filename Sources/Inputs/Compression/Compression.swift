/// How a file is compressed, by its first bytes; names are not trusted.
enum Compression {
  case none
  case gzip
  case zstd
  case bzip2
  case xz

  init(_ head: some Collection<UInt8>) {
    if head.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstd
    } else if Self.isBzip2(head) {
      self = .bzip2
    } else if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
      self = .xz
    } else {
      self = .none
    }
  }

  /// True for the mark, the size of a block, and the first block's own mark or, of an empty file, that of the end: text
  /// may begin with the three letters.
  private static func isBzip2(_ head: some Collection<UInt8>) -> Bool {
    guard head.starts(with: [0x42, 0x5A, 0x68]), let size = head.dropFirst(3).first, (0x31...0x39).contains(size) else {
      return false
    }
    let mark = head.dropFirst(4).prefix(6)
    return mark.elementsEqual([0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
      || mark.elementsEqual([0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
  }
}
