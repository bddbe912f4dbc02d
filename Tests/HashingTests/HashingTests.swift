import Testing

@testable import Hashing

@Suite("Hashes")
struct HashingTests {
  @Test(
    "SHA-256 gives what FIPS 180-4 gives",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func sha256(text: String, digest: String) {
    #expect(Array(text.utf8).withUnsafeBytes { SHA256.digest(of: $0).hexadecimal } == digest)
    var pieces = SHA256()
    for character in text { pieces.update(String(character)) }
    #expect(pieces.finalize().hexadecimal == digest)
  }

  @Test(
    "HMAC gives what RFC 4231 gives, and an empty key is a key",
    arguments: [
      ("Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
      (
        String(repeating: "\u{0B}", count: 20), "Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      ("", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ])
  func hmac(key: String, message: String, code: String) {
    Array(key.utf8).withUnsafeBytes { key in
      Array(message.utf8).withUnsafeBytes { message in
        let made = HMACSHA256.code(of: message, key: key)
        #expect(made.hexadecimal == code)
        made.withUnsafeBytes { #expect(HMACSHA256.isValid($0, of: message, key: key)) }
        var wrong = made.bytes
        wrong[31] ^= 1
        wrong.withUnsafeBytes { #expect(!HMACSHA256.isValid($0, of: message, key: key)) }
        wrong.prefix(31).withUnsafeBytes { #expect(!HMACSHA256.isValid($0, of: message, key: key)) }
      }
    }
  }
}
