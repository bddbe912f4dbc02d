/// A recipient whom a mail server did not take.
public struct MailRefusal: Sendable, Equatable {
  public var recipient: String
  /// The server's status, 400 to 599.
  public var status: Int
  /// The rest of the last line of its answer, without control characters.
  public var words: String

  public init(recipient: String, status: Int, words: String) {
    self.recipient = recipient
    self.status = status
    self.words = words
  }

  /// Whether the server takes the recipient neither now nor later.
  public var isLasting: Bool { status >= 500 && !Self.wantsLogin(status) }

  /// Who was refused and why, ten of them at most.
  public static func sentence(_ refusals: [MailRefusal]) -> String {
    var parts = refusals.prefix(10).map { refusal in
      "\(refusal.recipient) was answered with \(refusal.status)" + (refusal.words.isEmpty ? "" : " \(refusal.words)")
    }
    if refusals.count > 10 { parts.append("and so were \(refusals.count - 10) others") }
    return parts.joined(separator: "; ")
  }

  /// Whether a status speaks of the login and not of a message or a recipient: authentication is required (530), the mechanism is too
  /// weak (534) or needs encryption (538), the credentials are wrong (535). RFC 4954, section 6.
  static func wantsLogin(_ status: Int) -> Bool { [530, 534, 535, 538].contains(status) }
}
