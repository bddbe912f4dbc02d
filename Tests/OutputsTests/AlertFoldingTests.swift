import Events
import Outputs
import Rules
import TestSupport
import Testing

struct AlertFoldingTests {
  /// A line with the parts that folding looks at; `minute` counts from some midnight.
  private func line(
    _ minute: Double?, rule: String = "r", who: String? = "arn:aws:iam::111122223333:user/dana",
    outcome: String? = "failure", action: String = "ListBuckets"
  ) -> AlertLine {
    let time = minute.map { Timestamp(milliseconds: 1_767_225_600_000 + Int64($0 * 60_000)).iso8601 }
    let values: [String: String?] = [
      "kibana.alert.original_time": time, "kibana.alert.rule.rule_id": rule, "kibana.alert.rule.name": "Rule \(rule)",
      "aws.cloudtrail.user_identity.arn": who, "event.outcome": outcome, "event.action": action,
    ]
    return AlertLine { values[$0] ?? nil }
  }

  @Test("Alerts of one rule and principal with one outcome fold within an hour of the first")
  func folds() {
    let rows = AlertFolding.rows([line(0), line(30), line(60), line(60.001), line(100)])
    #expect(rows.map(\.members) == [[0, 1, 2], [3, 4]])
    #expect(rows[0].first.time == line(0).time)
    #expect(rows[0].latest == line(60).time)
  }

  @Test("Another rule, principal or outcome is a row of its own, and so is an alert that names nobody or no time")
  func keepsApart() {
    let lines = [
      line(0), line(1, rule: "s"), line(2, who: "arn:aws:iam::111122223333:user/kim"), line(3, outcome: "success"),
      line(4, who: nil), line(5, who: nil), line(nil), line(nil), line(6),
    ]
    #expect(AlertFolding.rows(lines).map(\.members) == [[0, 8], [1], [2], [3], [4], [5], [6], [7]])
    #expect(AlertFolding.rows(lines, folds: false).count == lines.count)
  }

  @Test("A row says its first action and how many others there are")
  func actions() {
    let rows = AlertFolding.rows([line(2, action: "B"), line(1, action: "A"), line(3, action: "A")])
    #expect(rows.count == 1)
    #expect(rows[0].actions.values == ["A", "B"])
    #expect(rows[0].actions.text == "A +1")
    let many = AlertFolding.rows((0..<300).map { line(Double($0) / 10, action: "A\($0)") })
    #expect(many[0].actions.text == "A0 +99 or more")
  }

  @Test("Rows that come out one by one are those of a search through all rows", arguments: 0..<40 as Range<UInt64>)
  func random(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let lines = (0..<300).map { _ in
      line(
        Double(Int.random(in: 0..<600, using: &random)), rule: String(Int.random(in: 0..<3, using: &random)),
        who: "arn:aws:iam::1:user/\(Int.random(in: 0..<3, using: &random))",
        outcome: Bool.random(using: &random) ? "success" : "failure")
    }
    let order = lines.indices.sorted { (lines[$0].time!, $0) < (lines[$1].time!, $1) }
    var expected: [[Int]] = []
    for place in order {
      let mine = lines[place]
      let at = expected.lastIndex { row in
        let first = lines[row[0]]
        return first.ruleID == mine.ruleID && first.principal == mine.principal && first.outcome == mine.outcome
          && mine.time!.milliseconds - first.time!.milliseconds <= 3_600_000
      }
      if let at { expected[at].append(place) } else { expected.append([place]) }
    }
    #expect(AlertFolding.rows(lines).map(\.members) == expected)
  }

  @Test("No more rows are held than an hour has")
  func holdsAnHour() {
    var folding = AlertFolding()
    var held = 0
    var given = 0
    for minute in 0..<5000 {
      held += 1
      let rows = folding.add(line(Double(minute), who: "user \(minute)"))
      given += rows.count
      held -= rows.count
      #expect(held <= 62)
    }
    #expect(given + folding.finish().count == 5000)
  }

  @Test("A table marks an alert whose history was given in part, and explains the mark below", arguments: [nil, 100])
  func marksShortHistories(width: Int?) {
    func line(_ complete: String?) -> AlertLine {
      AlertLine { field in
        switch field {
        case "martlet.evidence.history.complete": complete
        case "kibana.alert.rule.name": "A rule whose name is far longer than its column in a narrow table"
        case "kibana.alert.original_time": "2026-01-01T00:00:00Z"
        case "aws.cloudtrail.user_identity.arn": "arn:aws:iam::111122223333:user/dana"
        default: nil
        }
      }
    }
    func isMarked(_ row: AlertRow) -> Bool {
      let table = AlertTable(sample: [row], width: width, folds: true, usesColour: false)
      return table.row(row).contains(" * ")
    }
    for complete in ["true", nil] {
      let rows = AlertFolding.rows([line(complete)])
      #expect(!isMarked(rows[0]) && AlertTable.footnote(rows) == nil)
    }
    // One alert of a row suffices.
    let rows = AlertFolding.rows([line("true"), line("false")])
    #expect(rows.count == 1 && isMarked(rows[0]))
    #expect(AlertTable.footnote(rows)?.hasPrefix("* only a part of the rule's history was given") == true)
  }

  @Test("A short id has as many digits as tell all alerts of a run apart")
  func shortIDs() {
    #expect(AlertTable.idDigits([]) == 8)
    #expect(AlertTable.idDigits(["0123456789", "1123456789", "0123456789"]) == 8)
    #expect(AlertTable.idDigits(["0123456789ab", "0123456789ac", "ffff"]) == 12)
    #expect(AlertTable.idDigits(["0123456789", "0123456789ac"]) == 11)
  }
}
