/// How a file is compressed, by its first bytes; names are not trusted.
enum Compression {
  case none
  case gzip
  case zstd

  init(_ head: some Collection<UInt8>) {
    if head.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstd
    } else {
      self = .none
    }
  }
}
