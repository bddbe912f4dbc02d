import Foundation
import JSON
import TestSupport
import Testing

@Suite("Sessions over a folder of events") struct SessionFolderTests {
  /// So few that no segments are merged: each event stands in one of its own, and lies at its own time.
  private static let links = 6

  /// A call that opens a session from the one before, so many hours before the alert.
  private static func opening(
    _ at: Int, tellsKeys: Bool, session: (Int) -> String
  ) -> (hour: Int, json: String) {
    let hour = at * 30
    let key = tellsKeys ? #","accessKeyId":"ASIA\#(at - 1)""# : ""
    let opener =
      at == 0
      ? #""type":"IAMUser","arn":"arn:aws:iam::111122223333:user/dana","accessKeyId":"AKIADANA","userName":"dana""#
      : #""type":"AssumedRole","arn":"\#(session(at - 1))"\#(key)"#
    return (
      hour,
      """
      {"eventVersion":"1.08","eventID":"opening-\(at)","eventTime":"\(time(hour))","eventSource":"sts.amazonaws.com",\
      "eventName":"AssumeRole","userIdentity":{\(opener)},"responseElements":{"credentials":{"accessKeyId":"ASIA\(at)"},\
      "assumedRoleUser":{"arn":"\(session(at))"}},"recipientAccountId":"111122223333"}
      """
    )
  }

  private static func time(_ hour: Int) -> String {
    Date(timeIntervalSince1970: 1_767_225_600 + Double(hour) * 3600).formatted(.iso8601)
  }

  @Test("Who opened a session is followed over days of stored events as over files", arguments: [false, true])
  func chain(alternate: Bool) throws {
    // Where no key is told, sessions are known by their names: of two that open each other, then.
    let tellsKeys = !alternate
    func session(_ at: Int) -> String {
      "arn:aws:sts::111122223333:assumed-role/ops/\(alternate ? ["even", "odd"][at % 2] : "s\(at)")"
    }
    let scratch = try Scratch()
    var events = (0..<Self.links).map { Self.opening($0, tellsKeys: tellsKeys, session: session) }
    let last = Self.links - 1
    let hour = last * 30 + 20
    events.append(
      (
        hour,
        """
        {"eventVersion":"1.08","eventID":"the-change","eventTime":"\(Self.time(hour))","eventSource":"iam.amazonaws.com",\
        "eventName":"UpdateAssumeRolePolicy","userIdentity":{"type":"AssumedRole","arn":"\(session(last))",\
        \(tellsKeys ? "\"accessKeyId\":\"ASIA\(last)\"," : "")"sessionContext":{"sessionIssuer":{"type":"Role","userName":"ops",\
        "arn":"arn:aws:iam::111122223333:role/ops"}}},"requestParameters":{"roleName":"x"},\
        "recipientAccountId":"111122223333"}
        """
      ))
    let rule = try scratch.write(
      #"""
      [rule]
      rule_id = "6b2f1c9e-3a5f-4d43-8f0c-5f2b9a4d7e10"
      name = "A change of trust"
      description = "For a test."
      severity = "low"
      risk_score = 21
      type = "query"
      language = "kuery"
      index = ["logs-aws.cloudtrail-*"]
      query = "event.action: UpdateAssumeRolePolicy"
      """#, "rule.toml")
    let clock = ["--now", "2026-02-01T00:00:00Z"]
    let folder = scratch.path + "/events"
    var files: [String] = []
    for event in events {
      let file = try scratch.write(#"{"Records":["# + event.json + "]}", "hour-\(event.hour).json")
      files.append(file)
      let run = try Binary(["ingest", "--data", folder, "--backfill"] + clock + [file])
      try #require(run.status == 0, "\(run.errors)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/segments").count == events.count)
    let chosen = ["--rules", rule, "--rule", "A change of trust"] + clock
    let plain = try Binary(["hunt", "--format", "ndjson"] + chosen + files)
    let run = try Binary(["run", "--data", folder, "--from", "2026-01-01", "--to", "2026-01-20"] + chosen)
    #expect(run.status == 0, "\(run.errors)")
    let stored = try Binary(["alerts", "export", "--data", folder])
    #expect(plain.lines.count == 1 && stored.lines.count == 1, "\(plain.errors)")
    #expect(try plain.documents.first?["martlet"]?["session"] == stored.documents.first?["martlet"]?["session"])
    let found = try #require(try stored.documents.first?["martlet"]?["session"])
    #expect(found["opened_by"]?["name"]?.stringValue == "dana", "\(found.text)")
    #expect(found["chain"]?.arrayValue?.count == Self.links)
  }
}
