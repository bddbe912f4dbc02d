import CCrypto

/// Message authentication with SHA-256 (RFC 2104): what only someone who holds the key can make.
public enum HMACSHA256 {
  /// The code of a message under a key of any length.
  public static func code(of message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer) -> SHA256Digest {
    SHA256Digest { output in
      // A null key means "the last one" to libcrypto, so an empty one is given an address.
      var none: UInt8 = 0
      return withUnsafePointer(to: &none) { none in
        HMAC(
          EVP_sha256(), key.baseAddress ?? UnsafeRawPointer(none), CInt(clamping: key.count),
          message.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? none, message.count, output, nil) == nil ? 0 : 1
      }
    }
  }

  /// Whether a code is that of a message under a key, in a time that does not tell how much of it is right.
  public static func isValid(
    _ code: UnsafeRawBufferPointer, of message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer
  ) -> Bool {
    Self.code(of: message, key: key).withUnsafeBytes {
      code.count == $0.count && CRYPTO_memcmp($0.baseAddress, code.baseAddress, $0.count) == 0
    }
  }
}
