/// Whom a mail server takes, from the lines that go out and come in: libcurl tells the last answer alone.
struct RecipientWatch {
  private(set) var refused: [MailRefusal] = []
  /// What the server said behind the status when it last refused anything.
  private(set) var lastWords = ""
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
    // Three digits; a hyphen behind them says that more lines follow.
    guard line.count >= 3, let status = Int(String(decoding: line.prefix(3), as: UTF8.self)),
      line.count == 3 || line[3] != UInt8(ascii: "-")
    else { return }
    let recipient = current
    current = nil
    guard (400..<600).contains(status) else { return }
    let words = String(decoding: line.dropFirst(4).prefix(200).filter { $0 >= 0x20 && $0 != 0x7F }, as: UTF8.self)
    lastWords = words
    guard let recipient else { return }
    refused.append(MailRefusal(recipient: recipient, status: status, words: words))
  }
}
