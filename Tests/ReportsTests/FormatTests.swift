import Foundation
import JSON
import Testing

@testable import Reports

@Suite("Alerts as CSV and Markdown")
struct FormatTests {
  /// What an attacker may put into names and user agents.
  static let hostile = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\tindented", "\rreturned", " =1+1", "\u{FF1D}1+1", "a\",\"b",
    "a\nb",
    "<img src=x onerror=alert(1)>", "</script><script>document.title='owned'</script>", "\" onmouseover=\"x",
    "' onfocus='x",
    "\u{1B}[2J\u{1B}]0;owned\u{7}", "\u{202E}gnp.exe", "nul\u{0}byte", "a | b \\| c", "`` ` ```",
    "` <img src=x> `` [c](https://evil.example) ```\n<img src=x>",
    "[click](https://evil.example)",
    "https://evil.example/a", "www.evil.example", "eve@evil.example", "# heading", "- item\n- item",
    "![x](https://evil.example/p)",
    "&lt;b&gt;", "\u{85}\u{2028}x", "  ", "*a* _b_ ~~c~~", "<!-- x", "]]>", "javascript:alert(1)", "\u{E000}\u{10FFFF}",
  ]

  private func written(_ format: AlertFormat, _ alerts: [AlertDocument]) throws -> String {
    let collected = Collected()
    try format.write { body in
      try alerts.forEach(body)
    } to: {
      collected.bytes += $0
    }
    return collected.text
  }

  /// Reads CSV by RFC 4180 alone.
  private func parse(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var cell = String.UnicodeScalarView()
    var isQuoted = false
    var scalars = text.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"" where isQuoted && scalars.first == "\"": cell.append(scalars.removeFirst())
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        row.append(String(cell))
        cell.removeAll()
      case "\r" where !isQuoted && scalars.first == "\n":
        scalars.removeFirst()
        rows.append(row + [String(cell)])
        row = []
        cell.removeAll()
      default: cell.append(scalar)
      }
    }
    return rows
  }

  @Test("A CSV row reads back as the alert's values, whatever is in them")
  func roundTrip() throws {
    let alerts = try Self.hostile.map { try Sample.changed(["user": ["name": .string($0)]]) }
    let rows = parse(try written(.csv, alerts))
    #expect(rows.count == alerts.count + 1)
    #expect(rows.allSatisfy { $0.count == CSVWriter.columns.count })
    let column = try #require(rows[0].firstIndex(of: "user_name"))
    for (value, row) in zip(Self.hostile, rows.dropFirst()) {
      let shown = ShownText.visible(value)
      #expect(row[column] == shown || row[column] == "'" + shown)
    }
  }

  @Test("No cell starts like a formula, and none holds a character that does something to a terminal")
  func formulas() throws {
    for value in Self.hostile {
      let cell = CSVWriter.cell(value)
      let first = cell.unicodeScalars.first { !$0.properties.isWhitespace }
      #expect(!["=", "+", "-", "@", "\u{FF1D}"].contains(first), "\(value.debugDescription)")
      #expect(!cell.unicodeScalars.contains { $0 != "\n" && $0 != "\t" && ShownText.isInvisible($0) })
    }
    #expect(CSVWriter.cell("\tindented") == "'\tindented")
    #expect(CSVWriter.cell("\rreturned") == "'‹U+000D›returned")
    #expect(CSVWriter.cell("plain-text=1") == "plain-text=1")
  }

  @Test("A row has what the columns promise")
  func columns() throws {
    let rows = parse(try written(.csv, [Sample.document()]))
    let row = Dictionary(uniqueKeysWithValues: zip(rows[0], rows[1]))
    #expect(row["alert_id"] == "0123456789abcdef")
    #expect(row["event_time"] == "2026-01-01T10:15:20.000Z")
    #expect(row["found_at"] == "2026-01-01T10:20:00.000Z")
    #expect(row["techniques"] == "T1078 Valid Accounts; T1078.004 Cloud Accounts")
    #expect(row["new_terms"] == "alice; ops")
    #expect(row["policy_changes"] == "removed condition: sts:ExternalId; added principal: account 444455556666")
    #expect(row["policy_flags"] == "external_account")
    #expect(row["related_alerts"] == "1")
    #expect(row["error_code"] == "")
  }

  @Test("Every column is in the documentation, in its order")
  func documented() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "Documentation/outputs.md"), encoding: .utf8)
    let names = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
      .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
    #expect(names.filter { name in CSVWriter.columns.contains { $0.name == name } } == CSVWriter.columns.map(\.name))
  }

  @Test("Markdown has a summary table with a row an alert, and a section an alert; a rule is told of once")
  func markdown() throws {
    let text = try written(.markdown, [Sample.numbered(1), Sample.numbered(2)])
    #expect(text.split(separator: "\n").filter { $0.hasPrefix("| ") }.count == 2 + 2)
    #expect(text.contains("\n## 1\\. Trust changed\n"))
    #expect(text.contains("\n## 2\\. Trust changed\n"))
    #expect(text.components(separatedBy: "Somebody changed who may assume a role.").count == 2)
    #expect(text.contains("As with alert 1."))
    #expect(text.contains("```diff\n- condition: sts:ExternalId\n+ principal: account 444455556666\n```"))
    #expect(text.contains("[the manual](<https://docs.example.com/manual>)"))
    #expect(text.contains("- `javascript:alert(1)`"))
    #expect(try written(.markdown, []).contains("no alerts"))
  }

  @Test("Values stay in their code spans, cells and fences, and become neither markup nor links")
  func markdownEscapes() throws {
    for value in Self.hostile {
      let json = JSONValue.string(value)
      let alert = try Sample.changed([
        "user": ["name": json], "kibana.alert.reason": json, "user_agent": ["original": json],
        "martlet": [
          "guide": .string("- Read `user.name` (`\(value)`).\n- {{x}} \(value)\n"),
          "policies": [
            ["kind": "trust", "added": [["what": "principal", "text": json]], "who": json, "restore": json]
          ],
        ],
      ])
      let text = try written(.markdown, [alert])
      let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("| 1 |") })
      #expect(row.replacing("\\|", with: "").filter { $0 == "|" }.count == 8, "\(row)")
      // What is left outside code is ours: no tag, and no link but the rule's own.
      let outside = Self.outsideCode(text)
        .replacing("<https://docs.example.com/trust>", with: "").replacing(
          "<https://docs.example.com/manual>", with: "")
      #expect(!outside.contains("<") && !outside.contains("]("), "\(value.debugDescription): \(outside)")
      #expect(!outside.contains("evil.example"), "\(value.debugDescription): \(outside)")
      #expect(!text.unicodeScalars.contains { $0 != "\n" && $0 != "\t" && ShownText.isInvisible($0) })
    }
  }

  /// A text without its fenced blocks and code spans, by CommonMark's rules for both.
  private static func outsideCode(_ text: String) -> String {
    var lines: [String] = []
    var fence: Int?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let ticks = line.drop { $0 == " " }.prefix { $0 == "`" }.count
      if let open = fence {
        if ticks >= open, line.drop(while: { $0 == " " || $0 == "`" }).isEmpty { fence = nil }
      } else if ticks >= 3, !line.drop(while: { $0 == " " }).dropFirst(ticks).contains("`") {
        fence = ticks
      } else {
        lines.append(withoutSpans(String(line)))
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func withoutSpans(_ line: String) -> String {
    var rest = Array(line)[...]
    var outside = ""
    while let first = rest.first {
      if first == "\\", rest.count > 1 {
        // An escaped sign means nothing.
        outside += " "
        rest = rest.dropFirst(2)
      } else if first == "`" {
        let length = rest.prefix { $0 == "`" }.count
        var end = rest.startIndex + length
        var close: Int?
        while end < rest.endIndex {
          let run = rest[end...].prefix { $0 == "`" }.count
          if run == length { close = end }
          if close != nil { break }
          end += max(1, run)
        }
        if let close {
          rest = rest[(close + length)...]
        } else {
          outside += String(rest.prefix(length))
          rest = rest.dropFirst(length)
        }
      } else {
        outside.append(first)
        rest = rest.dropFirst()
      }
    }
    return outside
  }
}
