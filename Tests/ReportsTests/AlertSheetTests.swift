import Foundation
import JSON
import Testing

@testable import Reports

@Suite("One alert on a terminal")
struct AlertSheetTests {
  @Test("A sheet tells who, what, when and where, the evidence, the difference, the context, the guide and the rule")
  func content() throws {
    let text = AlertSheet(try Sample.document(), width: 160, usesColour: false).text
    for words in [
      "HIGH", "Trust changed", "risk score 73", "arn:aws:iam::111122223333:user/alice", "192.0.2.7", "us-east-1",
      "found 3 events", "role: ops  (never seen before)", "Trust policy of role ops in account 111122223333",
      "    - condition: sts:ExternalId", "    + principal: account 444455556666", "! Admits another account",
      "Account 444455556666 can assume it.", "aws iam update-assume-role-policy --role-name ops",
      "1,200 events, 3 of them failed", "iam.amazonaws.com ×1,100 · 2 others", "Other rule",
      "• Read user.name (alice).",
      "the manual <https://docs.example.com/manual>", "Privilege Escalation (TA0004)", "Cloud Accounts (T1078.004)",
      "A pipeline at work.", "https://docs.example.com/trust",
    ] {
      #expect(text.contains(words), "\(words)")
    }
  }

  @Test("Running text wraps at the width, commands and values stay whole", arguments: [40, 80, 132])
  func width(columns: Int) throws {
    let alert = try Sample.changed([
      "kibana.alert.rule.note": .string(String(repeating: "words and ", count: 60)), "martlet": [:],
    ])
    let text = AlertSheet(alert, width: columns, usesColour: false).text
    let guide = text.split(separator: "\n").filter { $0.contains("words and") }
    #expect(guide.count > 3)
    #expect(guide.allSatisfy { $0.count <= columns })
  }

  @Test("Nothing from a log reaches the terminal raw; only colours of the sheet's own do")
  func hostile() throws {
    for value in FormatTests.hostile {
      let json = JSONValue.string(value)
      let alert = try Sample.changed([
        "user": ["name": json], "kibana.alert.rule.name": json, "kibana.alert.new_terms": [json],
        "kibana.alert.rule.references": [json],
        "martlet": [
          "guide": .string("- `\(value)`\n```\n\(value)\n```\n"),
          "policies": [
            ["kind": json, "added": [["what": json, "text": json]], "restore": json],
            ["kind": "trust", "document": json],
          ],
          "context": ["principal": ["value": json], "activity": ["services": [["value": json, "count": 1]]]],
        ],
      ])
      let plain = AlertSheet(alert, width: 80, usesColour: false).text
      #expect(!plain.unicodeScalars.contains { $0 != "\n" && ShownText.isInvisible($0) }, "\(value.debugDescription)")
      let coloured = AlertSheet(alert, width: 80, usesColour: true).text
      let stripped = coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "")
      #expect(
        !stripped.unicodeScalars.contains { $0 != "\n" && ShownText.isInvisible($0) }, "\(value.debugDescription)")
      #expect(stripped == plain)
    }
  }
}
