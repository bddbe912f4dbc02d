import Foundation
import JSON
import TestSupport
import Testing

@Suite("The list of alerts that are kept") struct AlertListTests {
  /// Twenty alerts of one kind and user within an hour.
  private static func folder(_ scratch: Scratch) throws -> String {
    let folder = scratch.path + "/events"
    let records = (10..<30).map { number in
      #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-0000000000\#(number)","eventTime":"2026-01-01T00:\#(number):00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ann","userName":"ann"}}"#
    }
    let file = try scratch.write(records.joined(separator: "\n"), "a.json")
    #expect(try Binary(["ingest", "--data", folder, file]).status == 0)
    let rule = try scratch.write(Sample.rule, "rule.toml")
    let run = try Binary([
      "run", "--data", folder, "--from", "2026-01-01", "--to", "2026-01-02", "--now", "2026-02-01", "--no-builtin",
      "--rules",
      rule,
    ])
    #expect(run.status == 0 && run.errors.contains("20 new alerts"), "\(run.errors)")
    return folder
  }

  @Test("Where no alert is chosen, no field is said to be unknown to alerts", arguments: ["table", "ndjson"])
  func none(format: String) throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    let run = try Binary([
      "alerts", "list", "--data", folder, "--status", "closed", "--sort", "time:desc", "--format", format,
    ])
    #expect(run.status == 0 && run.errors == "0 alerts\n", "\(run.errors)")
  }

  @Test("Its table says whether alerts are open, acknowledged or closed, and no row has alerts of two statuses")
  func status() throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    let list = ["alerts", "list", "--format", "table", "--data", folder]
    func rows(_ more: [String] = []) throws -> [[Substring]] {
      let run = try Binary(list + more)
      #expect(run.status == 0, "\(run.errors)")
      return run.lines.map { $0.split(separator: " ", omittingEmptySubsequences: true) }
    }
    #expect(try rows().map { Array($0[2...4]) } == [["N", "SEVERITY", "STATUS"], ["20", "high", "open"]])
    let ids = try Binary(["alerts", "export", "--data", folder]).documents.compactMap {
      $0["kibana.alert.uuid"]?.stringValue
    }
    for (id, status) in [(ids[3], "closed"), (ids[7], "closed"), (ids[9], "acknowledged")] {
      #expect(try Binary(["alerts", "set", "--data", folder, "--to", status, id]).status == 0)
    }
    let told = try rows().dropFirst().map { "\($0[2]) \($0[4])" }
    #expect(told.sorted() == ["1 acknowledged", "17 open", "2 closed"], "\(told)")
    #expect(try rows(["--no-fold"]).dropFirst().count { $0[3] == "closed" } == 2)
    // By name as other columns.
    let counts = try Binary(["alerts", "list", "--data", folder, "--by", "status", "--format", "csv"])
    #expect(counts.output.contains("closed,2") && counts.output.contains("open,17"), "\(counts.output)")
    // A hunt knows of no work that was done with its alerts.
    #expect(try !Binary(["hunt", "--format", "table", "--data", folder]).output.contains("STATUS"))
  }

  @Test("Fields and patterns of its filter that no alert has are told, with what was probably meant")
  func filter() throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    for (filter, words) in [
      ("no.such.field: x", "no alert has the field `no.such.field`"),
      ("usr.name: ann", "no alert has the field `usr.name`; did you mean `user.name`?"),
      ("no.such.*: x or user.name: ann", "no alert has a field that matches `no.such.*`"),
    ] {
      for command in [["alerts", "list"], ["alerts", "export"], ["alerts", "set", "--to", "open"]] {
        let run = try Binary(command + ["--data", folder, "--filter", filter])
        #expect(run.status == 0 && run.errors.contains("warning: \(words)"), "\(command) \(filter): \(run.errors)")
      }
    }
    for filter in [
      "user.name: ann", "kibana.alert.rule.name: x", "martlet.evidence.scheduled: *", "user.na*: ann",
    ] {
      let run = try Binary(["alerts", "list", "--data", folder, "--filter", filter])
      #expect(run.status == 0 && !run.errors.contains("no alert has"), "\(filter): \(run.errors)")
    }
  }
}
