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

  @Test("A related alert says that its call was refused or failed, on the terminal, in the page and in Markdown")
  func related() throws {
    func other(_ action: String, _ outcome: String, _ code: String?) -> JSONValue {
      var members: [String: JSONValue] = [
        "id": .string(action), "rule": "Other rule", "severity": "low", "time": "2026-01-01T09:00:00.000Z",
        "action": .string(action), "outcome": .string(outcome),
      ]
      if let code { members["error_code"] = .string(code) }
      return .object(members)
    }
    let alert = try Sample.changed([
      "martlet": [
        "context": [
          "principal": ["value": "alice"],
          "alerts": [
            other("DeleteTrail", "failure", "AccessDenied"), other("CreateUser", "failure", "EntityAlreadyExists"),
            other("StopLogging", "failure", nil), other("GetUser", "success", nil),
          ],
        ]
      ]
    ])
    let texts = [
      AlertSheet(alert, width: 160, usesColour: false).text, MarkdownWriter.document(alert),
      try Page([alert]).text,
    ]
    for text in texts {
      #expect(text.contains("DeleteTrail, refused") && text.contains("StopLogging, failed"), "\(text)")
      #expect(text.contains("CreateUser, failed with EntityAlreadyExists"))
      #expect(text.contains("GetUser") && !text.contains("GetUser,"))
    }
  }

  @Test("An alert of an indicator match names the indicator, its source and its feed, wherever it is shown in full")
  func indicators() throws {
    let alert = try Sample.changed([
      "threat": [
        "enrichments": [
          ["indicator": ["type": "old"], "matched": ["id": "own", "type": "other"]],
          [
            "indicator": ["ip": "192.0.2.0/24"], "feed": ["name": "Abuse"],
            "matched": [
              "atomic": "192.0.2.7", "field": "source.ip", "id": "bad.csv:12", "index": "logs-ti_x",
              "type": "indicator_match_rule",
            ],
          ],
        ]
      ],
      "martlet": [
        "evidence": [:],
        "indicators": [
          "matched": 3, "told": 1, "groups": [[["field": "source.ip", "value": "threat.indicator.ip"]]],
        ],
      ],
    ])
    let texts = [
      AlertSheet(alert, width: 300, usesColour: false).text, MarkdownWriter.document(alert), try Page([alert]).text,
    ]
    for text in texts {
      let plain = text.replacing("\\", with: "")
      #expect(
        plain.contains("source.ip (192.0.2.7) is what the indicator bad.csv:12 of logs-ti_x (feed Abuse) has in"),
        "\(text)")
      #expect(plain.contains("threat.indicator.ip."))
      #expect(plain.contains("2 more indicators match."))
      #expect(!plain.contains("the indicator own"))
    }
  }

  @Test("An alert on a row gives the row's columns with their values")
  func row() throws {
    let alert = try Sample.changed([
      "kibana.alert.new_terms": [],
      "martlet": [
        "events": ["count": 2, "first": []],
        "row": ["number": 0, "columns": ["Esql.calls": 2, "users": ["ann", "bob"]]],
      ],
    ])
    let sheet = AlertSheet(alert, width: 160, usesColour: false).text
    #expect(sheet.contains("2 events went into the row:"))
    #expect(sheet.contains("Esql.calls: 2") && sheet.contains("users: ann, bob"), "\(sheet)")
    #expect(MarkdownWriter.document(alert).contains("- `users`: `ann, bob`"))
  }

  @Test("A headline and Markdown name the person who opened the session, and no AWS service")
  func person() throws {
    func alert(_ opener: JSONValue) throws -> AlertDocument {
      try Sample.changed([
        "user": ["name": "ops"],
        "aws": [
          "cloudtrail": [
            "user_identity": ["type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/ops/x1"]
          ]
        ], "martlet": ["session": ["end": "identity", "chain": [], "opened_by": opener]],
      ])
    }
    let dana = try alert(["name": "dana", "type": "IAMUser"])
    #expect(AlertHeadline(dana).text.hasPrefix("ops via dana "))
    #expect(dana.who == "role/ops via dana")
    let service = try alert(["name": "ec2.amazonaws.com", "type": "AWSService"])
    #expect(AlertHeadline(service).text.hasPrefix("ops ") && !AlertHeadline(service).text.contains(" via "))
    #expect(service.who == "role/ops via x1")
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
