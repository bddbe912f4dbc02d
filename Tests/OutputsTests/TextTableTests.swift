import TestSupport
import Testing

@testable import Outputs

@Suite("Tables cut names, and ids never")
struct TextTableTests {
  private func ids(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return Identifiers.ranges(in: bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  @Test(
    "Ids and addresses are found wherever they stand",
    arguments: [
      ("role/ops via i-0123456789abcdef0", ["i-0123456789abcdef0"]),
      ("security-group/sg-12345678", ["sg-12345678"]),
      ("tgw-attach-0a1b2c3d4e5f60718 +2", ["tgw-attach-0a1b2c3d4e5f60718"]),
      ("AKIAIOSFODNN7EXAMPLE", ["AKIAIOSFODNN7EXAMPLE"]),
      ("AROAEXAMPLE:dana", ["AROAEXAMPLE"]),
      ("account/111122223333", ["111122223333"]),
      ("key/1234abcd-12ab-34cd-56ef-1234567890ab", ["1234abcd-12ab-34cd-56ef-1234567890ab"]),
      ("key/mrk-1234abcd12ab34cd56ef1234567890ab", ["mrk-1234abcd12ab34cd56ef1234567890ab"]),
      ("logs-111122223333-eu-central-1", ["111122223333"]),
      ("203.0.113.7, 2001:db8::1, ::1 and 10.0.0.0/8.", ["203.0.113.7", "2001:db8::1", "::1", "10.0.0.0/8"]),
      ("203.0.113.7:443", ["203.0.113.7"]),
      ("ip-10-0-12-1.ec2.internal", ["ip-10-0-12-1"]),
      ("o-a1b2c3d4e5/ou-ab12-cd34ef56", ["o-a1b2c3d4e5", "ou-ab12-cd34ef56"]),
      ("AWSReservedSSO_Admins_0123456789abcdef", ["0123456789abcdef"]),
      ("hostedzone/Z0123456789ABCDEFGHIJ", ["Z0123456789ABCDEFGHIJ"]),
      ("restapis/a1b2c3d4e5", ["a1b2c3d4e5"]),
      ("j-2AXXXXXXGAPLF", ["j-2AXXXXXXGAPLF"]),
    ])
  func finds(text: String, expected: [String]) { #expect(ids(text) == expected) }

  @Test(
    "Names are no ids",
    arguments: [
      "", "-", "UpdateAssumeRolePolicy", "ec2.amazonaws.com", "payments-api-role", "role/OPS-ADMINISTRATORS via dana",
      "AWS IAM Assume Role Policy Update *", "server-01", "us-gov-west-1", "Ärztin-Łódź", ":", "::", "1.2.3",
      "o-rganization",
    ])
  func names(text: String) { #expect(ids(text) == []) }

  @Test("A name is cut in its middle to the width, wide characters too")
  func cut() {
    #expect(CutText("abcdefghij").fitted(to: 5).text == "ab…ij")
    #expect(CutText("日本語日本語").fitted(to: 6).width <= 6)
  }

  @Test("Around ids the longest names give way first")
  func cutAround() {
    let text = CutText("assumed-role/operations/i-0123456789abcdef0")
    #expect(text.fitted(to: 40).text == "assumed-ro…perations/i-0123456789abcdef0")
    #expect(text.fitted(to: 24).text == "as…s/i-0123456789abcdef0")
    // Where there is no room at all the id is whole still.
    #expect(text.fitted(to: 3).text == "as…s/i-0123456789abcdef0")
    #expect(text.fitted(to: 99).text == "assumed-role/operations/i-0123456789abcdef0")
  }

  @Test("A long id breaks a line once, and what follows it there is whole and stands together")
  func flow() {
    let styles = ["A", "B", "C"].map { TextTable.ColumnStyle($0, yields: 1, least: 10) }
    let short = ["role/administrators", "GetPasswordData", "failure"]
    let table = TextTable(styles, sample: Array(repeating: short, count: 9), width: 44, usesColour: false)
    #expect(!table.row(short).contains("\n"))
    let broken = table.row(["i-0123456789abcdef0/i-0123456789abcdef0", "GetPasswordDataForAll", "failure"])
    #expect(
      broken.split(separator: "\n") == [
        "i-0123456789abcdef0/i-0123456789abcdef0", "    GetPasswordDataForAll  failure",
      ])
  }

  private static let samples = [
    "i-0123456789abcdef0", "AKIAIOSFODNN7EXAMPLE", "111122223333", "1234abcd-12ab-34cd-56ef-1234567890ab",
    "203.0.113.159", "2001:db8:1234:5678:9abc:def0:1234:5678", "sg-12345678",
  ]

  @Test("In no width is an id cut, and lines are as wide as the terminal at most", arguments: 0..<60 as Range<UInt64>)
  func random(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let columns = Int.random(in: 1...10, using: &random)
    let styles = (0..<columns).map { at in
      TextTable.ColumnStyle(
        "C\(at)", limit: Int.random(in: 10...60, using: &random), yields: Int.random(in: 0...3, using: &random),
        least: Int.random(in: 4...16, using: &random))
    }
    let rows = (0..<20).map { _ in
      (0..<columns).map { _ -> String in
        let parts = (0..<Int.random(in: 1...4, using: &random)).map { _ in
          Bool.random(using: &random)
            ? Self.samples.randomElement(using: &random)!
            : String(repeating: "name", count: Int.random(in: 1...9, using: &random))
        }
        return parts.joined(separator: [" ", "/", ", "].randomElement(using: &random)!)
      }
    }
    let width = Int.random(in: 44...200, using: &random)
    // The layout may not have seen the row.
    let table = TextTable(
      styles, sample: Array(rows.prefix(Int.random(in: 0...20, using: &random))), width: width, usesColour: false)
    for row in rows {
      let text = table.row(row)
      for id in row.flatMap(ids) { #expect(text.contains(id), "\(id) in\n\(text)") }
      for line in text.split(separator: "\n") { #expect(line.count <= width, "\(width):\n\(text)") }
    }
    #expect(table.header.split(separator: "\n").allSatisfy { $0.count <= width })
    // Without a width everything is on one line.
    let wide = TextTable(styles, sample: rows, width: nil, usesColour: false)
    for row in rows { #expect(!wide.row(row).contains("\n") && row.allSatisfy(wide.row(row).contains)) }
  }

  @Test("Where a row does not fit on a line, its columns stand below each other, each in its place")
  func wraps() {
    let table = TextTable(
      [.init("ID"), .init("WHO", yields: 1, least: 10), .init("ACCOUNT"), .init("FROM")],
      sample: [["6bd482c0", "role/administrators", "111122223333", "203.0.113.159"]], width: 33, usesColour: false)
    #expect(table.header == "ID        WHO\n    ACCOUNT       FROM")
    #expect(
      table.row(["6bd482c0", "role/administrators", "111122223333", "10.0.0.1"])
        == "6bd482c0  role/administrators\n    111122223333  10.0.0.1")
  }
}
