import CCrypto

/// A SHA-256 hash (FIPS 180-4) in the making: bytes go in in any number of pieces, the digest comes out once.
///
/// Its calls fail for want of a few hundred bytes of memory or of a sound libcrypto, never for what is hashed; an id cannot
/// be made then, and the process ends with what was missing.
public struct SHA256: ~Copyable {
  private let context: OpaquePointer

  /// Looked up once: OpenSSL goes through its providers at every use of a name. It is never written to or freed, and
  /// libcrypto's algorithms may be read by all threads, which is what the compiler cannot see.
  nonisolated(unsafe) private static let algorithm: OpaquePointer = {
    guard let algorithm = EVP_MD_fetch(nil, "SHA256", nil) else {
      fatalError("libcrypto offers no SHA-256: its configuration (openssl.cnf) names no provider that has it")
    }
    return algorithm
  }()

  public init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex2(context, Self.algorithm, nil) == 1 else {
      fatalError("libcrypto cannot begin a hash: out of memory")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Takes the next bytes; none is fine.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    guard EVP_DigestUpdate(context, start, bytes.count) == 1 else {
      fatalError("libcrypto cannot go on with a hash: out of memory")
    }
  }

  /// Takes the UTF-8 of a text.
  public mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// The digest of all bytes taken.
  public consuming func finalize() -> SHA256Digest {
    SHA256Digest { EVP_DigestFinal_ex(context, $0, nil) }
  }

  /// The digest of some bytes.
  public static func digest(of bytes: UnsafeRawBufferPointer) -> SHA256Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalize()
  }
}
