import CCrypto

/// The library that hashes, for the process as a whole.
public enum CryptoLibrary {
  /// Leaves what libcrypto holds to the system when the process ends. It would give it back at the exit, while threads that end
  /// at that moment give back theirs, and about one run in two thousand would crash behind its last line.
  ///
  /// To be called before anything is hashed or transferred.
  public static func prepare() { _ = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) }
}
