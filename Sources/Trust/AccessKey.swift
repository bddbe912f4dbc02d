import Foundation
import Hashing

/// A key as it is kept: enough to know it again, and not enough to make it.
public struct AccessKey: Sendable, Equatable {
  /// Tells one key from another; it is no secret.
  public var id: String
  /// What people call it.
  public var name: String
  public var role: Role
  /// The code of the secret; see `code`.
  public var code: [UInt8]
  /// Milliseconds since 1970 after which it is no longer taken; nil for never.
  public var expiresAt: Int64?
  public var isRevoked: Bool

  public init(id: String, name: String, role: Role, code: [UInt8], expiresAt: Int64? = nil, isRevoked: Bool = false) {
    self.id = id
    self.name = name
    self.role = role
    self.code = code
    self.expiresAt = expiresAt
    self.isRevoked = isRevoked
  }

  /// A key that is new, with its secret, which is shown once and kept nowhere.
  public static func make(name: String, role: Role, expiresAt: Int64?) -> (key: AccessKey, secret: String) {
    // 256 random bits cannot be guessed, so that a hash that is quick is as good as one that is slow.
    let secret = token(32)
    // An id begins with no digit or dash, so that it can stand anywhere.
    let id = "k" + token(12).filter { $0 != "-" && $0 != "_" }
    return (AccessKey(id: id, name: name, role: role, code: code(of: secret, id: id), expiresAt: expiresAt), secret)
  }

  /// What is kept of a secret: the HMAC with SHA-256 of its text under a fixed word and the key's id.
  public static func code(of secret: String, id: String) -> [UInt8] {
    Array("martlet access key \(id)".utf8).withUnsafeBytes { key in
      Array(secret.utf8).withUnsafeBytes { HMACSHA256.code(of: $0, key: key).bytes }
    }
  }

  /// Whether a secret is that of the key, in a time that does not tell how near it is.
  public func isRight(_ secret: String) -> Bool {
    Array("martlet access key \(id)".utf8).withUnsafeBytes { key in
      Array(secret.utf8).withUnsafeBytes { secret in
        code.withUnsafeBytes { HMACSHA256.isValid($0, of: secret, key: key) }
      }
    }
  }

  /// Random bytes from the system, as text for URLs.
  private static func token(_ count: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    return Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
      .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
  }
}
