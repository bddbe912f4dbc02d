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

/// Whom a mail server takes, from the lines that go out and come in: libcurl tells the last answer alone.
struct RecipientWatch {
  private(set) var refused: [MailRefusal] = []
  private let recipients: [String]
  private var asked = 0
  /// The recipient whose answer is awaited.
  private var current: String?

  init(_ recipients: [String]) { self.recipients = recipients }

  var areAllRefused: Bool { !refused.isEmpty && refused.count == recipients.count }

  mutating func goesOut(_ line: UnsafeRawBufferPointer) {
    current = nil
    // One at a time, in their order, of which each has an answer before the next.
    guard line.starts(with: "RCPT TO:".utf8), asked < recipients.count else { return }
    current = recipients[asked]
    asked += 1
  }

  mutating func comesIn(_ line: UnsafeRawBufferPointer) {
    guard let recipient = current, line.count >= 3 else { return }
    // Three digits; a hyphen behind them says that more lines follow.
    guard let status = Int(String(decoding: line.prefix(3), as: UTF8.self)),
      line.count == 3 || line[3] != UInt8(ascii: "-")
    else { return }
    current = nil
    guard (400..<600).contains(status) else { return }
    let words = String(decoding: line.dropFirst(4).prefix(200).filter { $0 >= 0x20 && $0 != 0x7F }, as: UTF8.self)
    refused.append(MailRefusal(recipient: recipient, status: status, words: words))
  }
}
