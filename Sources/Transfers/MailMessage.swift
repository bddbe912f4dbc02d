import Foundation

/// A plain message of text, as RFC 5322 has it.
public struct MailMessage: Sendable {
  public let from: String
  public let to: [String]
  /// The whole message, with lines that end in CR and LF.
  public let text: [UInt8]

  /// - Parameters:
  ///   - from, to: addresses without names: `soc@example.com`.
  ///   - date: seconds since 1970.
  ///   - id: what stands before the `@` of its `Message-ID`: the same for the same message, so that a copy is known as such.
  public init(from: String, to: [String], subject: String, body: String, date: Int64, id: String) {
    self.from = from
    self.to = to
    var lines = [
      "Date: \(Self.date(date))",
      "From: <\(Self.header(from))>",
      "To: " + to.map { "<\(Self.header($0))>" }.joined(separator: ",\r\n "),
      "Subject: \(Self.encoded(subject))",
      "Message-ID: <\(Self.plain(id))@martlet.invalid>",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: base64",
      "Auto-Submitted: auto-generated",
      "",
    ]
    let body = body.replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\n", with: "\r\n")
    let code = Array(Data(body.utf8).base64EncodedString().utf8)
    for start in stride(from: 0, to: code.count, by: 76) {
      lines.append(String(decoding: code[start..<min(start + 76, code.count)], as: UTF8.self))
    }
    text = Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
  }

  /// Whether a text can be given to a mail server as one address.
  public static func isAddress(_ text: String) -> Bool {
    guard text.utf8.count <= 254, let at = text.lastIndex(of: "@") else { return false }
    return at != text.startIndex && text.index(after: at) != text.endIndex
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>()[]\\,;:\"".utf8.contains($0) }
  }

  /// An address as all that lead to the same place are written: names of machines are the same in small letters and in capitals.
  public static func sameAddress(_ address: String) -> String {
    guard let at = address.lastIndex(of: "@") else { return address }
    return address[..<at] + address[at...].lowercased()
  }

  private static func header(_ text: String) -> String {
    String(text.unicodeScalars.filter { $0.value > 0x20 && $0.value < 0x7F })
  }

  private static func plain(_ text: String) -> String {
    String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" }.prefix(200))
  }

  /// A header's text: as it is where it is plain and short, else in encoded words (RFC 2047) of whole characters.
  private static func encoded(_ text: String) -> String {
    let text = String(text.map { $0.isNewline || $0.asciiValue.map { $0 < 0x20 } ?? false ? " " : $0 }.prefix(500))
    if text.utf8.count <= 60, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), !text.contains("=?") { return text }
    var words: [String] = []
    var bytes: [UInt8] = []
    func finish() {
      guard !bytes.isEmpty else { return }
      words.append("=?utf-8?B?\(Data(bytes).base64EncodedString())?=")
      bytes = []
    }
    for scalar in text.unicodeScalars {
      let next = Array(String(scalar).utf8)
      if bytes.count + next.count > 39 { finish() }
      bytes += next
    }
    finish()
    return words.joined(separator: "\r\n ")
  }

  private static func date(_ seconds: Int64) -> String {
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return
      "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(Int(parts.tm_year) + 1900) "
      + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) +0000"
  }
}
