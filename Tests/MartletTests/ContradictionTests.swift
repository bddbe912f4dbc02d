import Foundation
import JSON
import TestSupport
import Testing

/// Calls of a user, and indicators that name one, for rules over a folder.
enum Calls {
  static func record(_ id: Int, _ time: String, _ action: String, _ user: String = "ann") -> String {
    #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-00000000\#(1000 + id)","eventTime":"2026-01-01T\#(time):00Z","eventSource":"s3.amazonaws.com","eventName":"\#(action)","awsRegion":"us-east-1","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","userName":"\#(user)"}}"#
  }

  static func id(_ number: Int) -> String { "00000000-0000-0000-0000-00000000\(1000 + number)" }

  static func indicator(_ id: String, _ user: String, _ time: String = "00:00") -> String {
    #"{"_index":"logs-ti_feed-default","_id":"\#(id)","_source":{"@timestamp":"2026-01-01T\#(time):00Z","event":{"kind":"enrichment","category":["threat"],"type":["indicator"]},"threat":{"feed":{"name":"Feed"},"indicator":{"name":"\#(user)","confidence":"High"}}}}"#
  }

  static func rule(_ id: String, _ lines: String) -> String {
    """
    [rule]
    rule_id = "\(id)"
    name = "\(id)"
    severity = "low"
    risk_score = 21
    interval = "30m"
    from = "now-6h"
    \(lines)
    """
  }

  static let named = rule(
    "named",
    """
    type = "threat_match"
    language = "kuery"
    index = ["logs-aws.cloudtrail-*"]
    query = "event.action: *"
    threat_index = ["logs-ti_*"]
    threat_query = "threat.indicator.name: *"
    threat_mapping = [{ entries = [{ field = "user.name", type = "mapping", value = "threat.indicator.name" }] }]
    """)
}

@Suite("What later events make of alerts that there are") struct ContradictionTests {
  private static let now = ["--now", "2026-02-01T00:00:00Z"]
  private static let span = ["--from", "2026-01-01", "--to", "2026-01-02"]

  /// The alerts after events have come in pieces, with a run after each.
  private static func alerts(
    _ rules: [String], _ pieces: [[String]], span: [String] = Self.span
  ) throws -> [JSONValue] {
    let scratch = try Scratch()
    for (place, rule) in rules.enumerated() { _ = try scratch.write(rule, "rules/\(place).toml") }
    for (place, piece) in pieces.enumerated() {
      let file = try scratch.write(piece.joined(separator: "\n"), "part\(place).json")
      let stored = try Binary(["ingest", "--data", scratch.path + "/events", file] + now)
      #expect(stored.status == 0, "\(stored.errors)")
      let run = try Binary(
        ["run", "--data", scratch.path + "/events", "--rules", scratch.path + "/rules", "--no-builtin"] + now + span)
      #expect(run.status == 0, "\(run.errors)")
    }
    return try Binary(["alerts", "export", "--data", scratch.path + "/events"]).documents
  }

  private static func contradicted(_ alerts: [JSONValue]) -> [String] {
    alerts.filter { $0["kibana.alert.group.index"] == nil }
      .compactMap { $0["martlet"]?["contradicted_by"]?.stringValue }
  }

  private static func sequence(_ items: String) -> String {
    Calls.rule(
      "sequence",
      """
      type = "eql"
      language = "eql"
      index = ["logs-aws.cloudtrail-*"]
      query = 'sequence by user.name with maxspan=2h \(items)'
      """)
  }
  private static let get = #"[any where event.action == "GetObject"]"#
  private static let delete = #"[any where event.action == "DeleteObject"]"#
  private static let put = #"![any where event.action == "PutObject"]"#

  @Test(
    "A sequence is contradicted by the id of the event that came and must be missing, wherever in it",
    arguments: [("10:07", get + put + delete), ("10:02", put + get + delete), ("10:20", get + delete + put)])
  func missingEvent(time: String, items: String) throws {
    let alerts = try Self.alerts(
      [Self.sequence(items)],
      [
        [Calls.record(1, "10:05", "GetObject"), Calls.record(2, "10:10", "DeleteObject")],
        [Calls.record(3, time, "PutObject", "bob"), Calls.record(4, time, "PutObject")],
      ])
    #expect(alerts.count == 3 && Self.contradicted(alerts) == [Calls.id(4)], "\(alerts.map(\.text))")
    // Each alert that it is put together of says which one is.
    let group = alerts.first { $0["kibana.alert.group.index"] == nil }?["kibana.alert.uuid"]?.stringValue ?? ""
    let parts = alerts.filter { $0["kibana.alert.group.index"] != nil }
    #expect(
      parts.allSatisfy { $0["martlet"]?["contradicted_by"]?.stringValue?.contains(group) ?? false },
      "\(parts.map { $0["martlet"]?["contradicted_by"] })")
  }

  @Test("A sequence that later events make another is contradicted by that, in words")
  func otherSequence() throws {
    let alerts = try Self.alerts(
      [Self.sequence(Self.get + Self.delete)],
      [
        [Calls.record(1, "10:00", "GetObject"), Calls.record(2, "10:10", "DeleteObject")],
        [Calls.record(3, "10:05", "GetObject")],
      ])
    #expect(Self.contradicted(alerts) == ["events that came later, which make another sequence"])
  }

  @Test(
    "A new term is contradicted by the id of the event that had shown it, however long the term is",
    arguments: ["ann", String(repeating: "ann", count: 100)])
  func knownTerm(user: String) throws {
    let first = Calls.rule(
      "first",
      """
      type = "new_terms"
      language = "kuery"
      index = ["logs-aws.cloudtrail-*"]
      query = "event.action: GetObject"
      new_terms_fields = ["user.name"]
      history_window_start = "now-7d"
      """)
    let alerts = try Self.alerts(
      [first],
      [
        [Calls.record(1, "10:00", "GetObject", "bob"), Calls.record(2, "10:10", "GetObject", user)],
        [Calls.record(3, "09:00", "GetObject", user)],
      ])
    #expect(alerts.count == 3 && Self.contradicted(alerts) == [Calls.id(3)], "\(alerts.map(\.text))")
  }

  @Test("A new term is contradicted by the id of an event as its data stream has it, also of one that makes no alert")
  func knownTermOfDocument() throws {
    let first = Calls.rule(
      "first",
      """
      type = "new_terms"
      language = "kuery"
      index = ["logs-net.*"]
      query = "event.action: GetObject"
      new_terms_fields = ["user.name"]
      history_window_start = "now-7d"
      """)
    func event(_ id: String, _ day: String) -> String {
      #"{"_index":"logs-net.flow-default","_id":"\#(id)","_source":{"@timestamp":"2026-01-\#(day)T10:00:00Z","event":{"action":"GetObject"},"user":{"name":"ann"}}}"#
    }
    let alerts = try Self.alerts(
      [first], [[event("third", "10")], [event("first", "01"), event("second", "06")]],
      span: ["--from", "2026-01-06", "--to", "2026-01-11"])
    #expect(alerts.count == 1 && Self.contradicted(alerts) == ["second"], "\(alerts.map(\.text))")
  }

  @Test("Alerts that are folded into another one, or lose their place under max_signals, say so")
  func foldedAndCut() throws {
    let folding = Calls.rule(
      "folding",
      """
      type = "eql"
      language = "eql"
      index = ["logs-aws.cloudtrail-*"]
      query = 'any where event.action == "GetObject"'
      [rule.alert_suppression]
      group_by = ["user.name"]
      duration = { value = 12, unit = "h" }
      """)
    let pieces = [[Calls.record(1, "10:00", "GetObject")], [Calls.record(2, "09:00", "GetObject")]]
    let folded = Self.contradicted(try Self.alerts([folding], pieces))
    #expect(folded.count == 1 && folded[0].contains("folded into another alert"), "\(folded)")
    let capped = Calls.rule(
      "capped",
      """
      type = "query"
      language = "kuery"
      index = ["logs-aws.cloudtrail-*"]
      query = "event.action: GetObject"
      max_signals = 1
      """
    ).replacing("now-6h", with: "now-30m")
    let cut = Self.contradicted(
      try Self.alerts(
        [capped], [[Calls.record(1, "10:15", "GetObject")], [Calls.record(2, "10:10", "GetObject")]]))
    #expect(cut.count == 1 && cut[0].contains("among the 1 ") && cut[0].contains("max_signals"), "\(cut)")
  }

  @Test("An alert takes the indicators that come later, and tells which it had")
  func laterIndicator() throws {
    let alerts = try Self.alerts(
      [Calls.named],
      [
        [Calls.record(1, "10:10", "GetObject"), Calls.indicator("i1", "ann")], [Calls.indicator("i2", "ann")],
        // One that says nothing of the event.
        [Calls.indicator("i3", "eve")],
      ])
    #expect(alerts.count == 1)
    func ids(_ enrichments: JSONValue?) -> [String] {
      (enrichments?.arrayValue ?? []).compactMap { $0["matched"]?["id"]?.stringValue }
    }
    #expect(ids(alerts[0]["threat"]?["enrichments"]).sorted() == ["i1", "i2"], "\(alerts[0].text)")
    let former = alerts[0]["martlet"]?["revised"]?.arrayValue ?? []
    #expect(former.map { ids($0["evidence"]?["indicators"]?["enrichments"]) } == [["i1"]], "\(former)")
  }

  @Test("An alert over alerts that were made anew names those in place of the former ones")
  func otherAncestors() throws {
    let over = Calls.rule(
      "over",
      """
      type = "threshold"
      language = "kuery"
      index = [".alerts-security.*"]
      query = "kibana.alert.rule.rule_id: sequence and not kibana.alert.group.index: *"
      [rule.threshold]
      field = ["user.name"]
      value = 1
      """
    ).replacing("now-6h", with: "now-35m")
    let alerts = try Self.alerts(
      [Self.sequence(Self.get + Self.delete), over],
      [
        [Calls.record(1, "10:00", "GetObject"), Calls.record(2, "10:10", "DeleteObject")],
        [Calls.record(3, "10:05", "GetObject")],
      ])
    let sound = alerts.filter {
      $0["martlet"]?["contradicted_by"] == nil && $0["kibana.alert.group.index"] == nil
    }
    let source = sound.first { $0["kibana.alert.rule.rule_id"] == "sequence" }?["kibana.alert.uuid"]?.stringValue ?? ""
    let above = sound.filter { $0["kibana.alert.rule.rule_id"] == "over" }
    #expect(above.count == 1, "\(alerts.map(\.text))")
    let ancestors = above.first?["kibana.alert.ancestors"]?.arrayValue ?? []
    #expect(!source.isEmpty && ancestors.last?["id"]?.stringValue == source, "\(ancestors)")
    #expect(above.first?["martlet"]?["revised"]?.arrayValue?.count == 1)
  }

  @Test(
    "Executions that are due run again where indicators have come since, those of a rule that waited for its first ones too",
    arguments: [true, false])
  func dueIndicators(hasOthers: Bool) throws {
    let scratch = try Scratch()
    // Windows that no later execution has in common with the event's.
    _ = try scratch.write(Calls.named.replacing("now-6h", with: "now-35m"), "rules/named.toml")
    let folder = scratch.path + "/events"
    func ingest(_ lines: [String], _ time: String) throws {
      let file = try scratch.write(lines.joined(separator: "\n"), "\(UUID().uuidString).json")
      #expect(try Binary(["ingest", "--data", folder, "--now", "2026-01-01T\(time):00Z", file]).status == 0)
    }
    func run(_ time: String) throws -> Binary {
      try Binary(
        [
          "run", "--data", folder, "--now", "2026-01-01T\(time):00Z", "--rules", scratch.path + "/rules",
          "--no-builtin",
        ])
    }
    try ingest(
      [Calls.record(9, "09:00", "GetObject", "zoe")] + (hasOthers ? [Calls.indicator("i0", "eve")] : []), "09:30")
    #expect(try run("10:00").status != 1)
    try ingest([Calls.record(1, "10:10", "GetObject")], "10:20")
    #expect(try run("12:00").status != 1)
    #expect(try Binary(["alerts", "export", "--data", folder]).lines.isEmpty)
    try ingest([Calls.indicator("i1", "ann", "20:00")], "20:00")
    let last = try run("22:00")
    #expect(last.status == 0, "\(last.errors)")
    let alerts = try Binary(["alerts", "export", "--data", folder]).documents
    #expect(alerts.map { $0["user"]?["name"] } == ["ann"], "\(last.errors)")
    #expect(try run("22:00").status == 2)
  }
}
