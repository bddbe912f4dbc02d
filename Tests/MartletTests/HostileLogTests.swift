import Foundation
import JSON
import TestSupport
import Testing

/// Logs are written by attackers too: what they write must stay text wherever alerts are shown.
@Suite("Hunting in hostile logs")
struct HostileLogTests {
  private static let attacks = [
    "<script>document.title='owned'</script>", "</script><script>document.title='owned'</script>",
    "\"><img src=x onerror=\"document.title='owned'\">", "' autofocus onfocus='document.title=1' x='",
    "</details></article><iframe srcdoc=x></iframe>", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1",
    "a\",\"b\r\nc", "\u{1B}[2J\u{1B}]0;owned\u{7}", "\u{9B}31m", "\u{202E}gnp.exe", "nul\u{0}byte",
    "[click](https://evil.example) ![x](https://evil.example/p)", "| a | b |", String(repeating: "A<", count: 100_000),
  ]

  private let scratch: Scratch
  private let trail: String
  private let rule: String

  init() throws {
    scratch = try Scratch()
    let records = Self.attacks.enumerated().map { number, attack in
      let text = JSONValue.string(attack)
      return JSONValue.object([
        "eventVersion": "1.08", "eventID": .string("00000000-0000-0000-0000-00000000000" + String(number, radix: 36)),
        "eventTime": "2026-01-01T00:04:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
        "awsRegion": text,
        "sourceIPAddress": text, "userAgent": text, "errorMessage": text, "recipientAccountId": text,
        "userIdentity": ["type": "IAMUser", "userName": text, "arn": text, "accessKeyId": text],
        "requestParameters": ["bucketName": text, "key": text],
      ]).text
    }
    trail = try scratch.write(records.joined(separator: "\n"), "trail.json")
    rule = try scratch.write(Sample.rule + "\nnote = \"- Read `user.name`.\"\n", "rule.toml")
  }

  private func hunt(_ format: String, _ more: [String] = []) throws -> Binary {
    let hunt = try Binary(["hunt", "--no-builtin", "--rules", rule, "--format", format] + more + [trail])
    #expect(hunt.status == 0, "\(hunt.errors)")
    return hunt
  }

  /// True of a character that moves a cursor, changes colours or turns the writing direction.
  private static func isActive(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: scalar != "\n"
    default: false
    }
  }

  @Test("Neither a table, Markdown nor one alert in full does anything to a terminal")
  func terminal() throws {
    for format in ["table", "markdown"] {
      let output = try hunt(format).output
      #expect(!output.unicodeScalars.contains(where: Self.isActive), "\(format)")
    }
    let alerts = try hunt("ndjson")
    #expect(alerts.lines.count == Self.attacks.count)
    for alert in try alerts.documents {
      let id = try #require(alert["kibana.alert.uuid"]?.stringValue)
      let show = try Binary(["show", id], input: alerts.output)
      #expect(show.status == 0, "\(show.errors)")
      #expect(!show.output.unicodeScalars.contains(where: Self.isActive))
    }
  }

  @Test("No cell of a CSV file is a formula or acts on a terminal")
  func csv() throws {
    let output = try hunt("csv").output
    #expect(!output.unicodeScalars.contains { Self.isActive($0) && $0 != "\r" && $0 != "\t" })
    // Carriage returns stand at the ends of rows alone.
    #expect(!output.replacing("\r\n", with: "").unicodeScalars.contains("\r"))
    for start in ["=", "+", "-", "@", "\t", "\r"] {
      #expect(!output.contains("," + start) && !output.contains(",\"" + start), "\(start.debugDescription)")
    }
  }

  @Test(
    "In a browser the report has none of the elements that a log asks for, and no script of a log has run",
    .enabled(if: Browser.path != nil, "no Chromium is installed"))
  func report() throws {
    let file = scratch.path + "/report.html"
    _ = try hunt("ndjson", ["--report", file])
    let document = try Browser.document(of: file)
    #expect(document.contains("<title>\(Self.attacks.count) alerts – Martlet report</title>"))
    #expect(document.components(separatedBy: "<article ").count == Self.attacks.count + 1)
    #expect(document.components(separatedBy: "<script").count == 2)
    for element in ["<img", "<iframe", "<object", "<embed", "<base", "<link", "<video", "<audio"] {
      #expect(!document.contains(element), "\(element)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)).count < 1 << 20)
  }
}
