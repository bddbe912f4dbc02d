import Foundation
import JSON
import TestSupport
import Testing

@Suite("Rules that run over stored events") struct RunCommandTests {
  private static let span = ["--from", "2026-01-01", "--to", "2026-01-03"]
  private static let now = ["--now", "2026-02-01T00:00:00Z"]

  private static func summary(_ arguments: [String]) throws -> JSONValue {
    let run = try Binary(["run", "--format", "json"] + arguments)
    #expect(run.status == 0, "\(run.errors)")
    return try JSONValue(parsing: run.output)
  }

  private static func ids(_ documents: [JSONValue]) -> Set<String> {
    Set(documents.compactMap { $0["kibana.alert.uuid"]?.stringValue })
  }

  @Test("A run over a span keeps the alerts of a hunt over the files, once however often it is run")
  func sameAlerts() throws {
    let scratch = try Scratch()
    let files = scratch.path + "/made"
    try #require(
      try Binary([
        "generate", "--events", "2500", "--days", "2", "--seed", "9", "--attack", "trust-policy", "--attack",
        "cloudtrail-stop", "--out", files,
      ]).status == 0)
    let folder = scratch.path + "/events"
    #expect(try Binary(["ingest", "--data", folder] + Self.now + [files]).status == 0)
    let hunt = try Binary(["hunt", "--format", "ndjson"] + Self.now + Self.span + [files])
    // Those that others are put together of are kept, and not counted.
    let count = try hunt.documents.count { $0["kibana.alert.group.index"] == nil }
    #expect(count > 3)
    let first = try Self.summary(["--data", folder] + Self.now + Self.span)
    #expect(first["new"]?.integerValue == Int64(count), "\(first.text)")
    let again = try Self.summary(["--data", folder] + Self.now + Self.span)
    #expect(again["new"] == 0 && again["known"]?.integerValue == Int64(count) && again["revised"] == 0)
    let kept = try Binary(["alerts", "export", "--data", folder])
    #expect(kept.lines.sorted() == hunt.lines.sorted())
    let dry = try Binary(["run", "--data", folder, "--dry-run"] + Self.now + Self.span)
    // What others are put together of is named apart.
    #expect(
      try dry.errors.contains("\(count) alerts and \(hunt.documents.count - count) building blocks would be made"),
      "\(dry.errors)")
    // A line for each day of the span.
    let json = try Binary(["run", "--data", folder, "--dry-run", "--format", "json"] + Self.now + Self.span)
    let days = try JSONValue(parsing: json.output)["days"]?.arrayValue?.compactMap { $0["time"]?.stringValue } ?? []
    #expect(
      Set(days.map { String($0.prefix(10)) }).count > 1 && days.allSatisfy { $0.hasPrefix("2026-01-") }, "\(days)")
    // Alerts outlive the rules and the events that they came from.
    let list = try Binary(["alerts", "list", "--data", folder, "--by", "rule", "--format", "csv"])
    #expect(
      try list.output == Binary(["hunt", "--by", "rule", "--format", "csv"] + Self.now + Self.span + [files]).output)
  }

  @Test(
    "Whatever the order and the pieces in which events come, the alerts that nothing contradicts are those of one hunt")
  func order() throws {
    let seed = ProcessInfo.processInfo.environment["MARTLET_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...9_999)
    var random = SeededRandom(seed: seed)
    let scratch = try Scratch()
    // Times at which one user does one of a few things: whether a thing is new depends on all that came before.
    var records: [String] = []
    for number in 0..<160 {
      // A quarter of them share their minutes: of events of one time the order is that of their ids.
      let step = number % 4 == 0 ? 60 : 1
      let minute = Int.random(in: 0..<(3 * 24 * 60), using: &random) / step * step
      let (day, hour, rest) = (minute / 1440 + 1, minute / 60 % 24, minute % 60)
      func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
      let id = String(number + 1000)
      let action = ["GetObject", "PutObject", "DeleteObject"].randomElement(using: &random) ?? ""
      let user = ["ann", "bob", "cat", "dan"].randomElement(using: &random) ?? ""
      records.append(
        #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-00000000\#(id)","eventTime":"2026-01-\#(two(day))T\#(two(hour)):\#(two(rest)):00Z","eventSource":"s3.amazonaws.com","eventName":"\#(action)","awsRegion":"us-east-1","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","userName":"\#(user)"}}"#
      )
    }
    let rules = try scratch.write(
      """
      [rule]
      rule_id = "new-action"
      name = "A user does something new"
      description = "What the user had not done in half a day."
      severity = "high"
      risk_score = 73
      type = "new_terms"
      language = "kuery"
      index = ["logs-aws.cloudtrail-*"]
      query = "event.action: *"
      new_terms_fields = ["user.name", "event.action"]
      history_window_start = "now-12h"
      interval = "5m"
      from = "now-9m"
      """, "rules/new.toml")
    _ = try scratch.write(Sample.rule, "rules/query.toml")
    _ = try scratch.write(Self.counting, "rules/counting.toml")
    _ = try scratch.write(Self.following, "rules/following.toml")
    _ = try scratch.write(Self.folding, "rules/folding.toml")
    _ = try scratch.write(Self.overAlerts, "rules/over.toml")
    _ = try scratch.write(Calls.named, "rules/named.toml")
    // Who is named by an indicator, and by how many, depends on those that have come.
    let indicators = ["ann", "eve", "cat", "ann", "dan"].enumerated().map { Calls.indicator("i\($0)", $1) }
      .shuffled(using: &random)
    let options = Self.now + ["--rules", scratch.path + "/rules", "--no-builtin"]
    let span = ["--from", "2026-01-01", "--to", "2026-01-05"]
    let all = try scratch.write(records.joined(separator: "\n"), "all.json")
    let allIndicators = try scratch.write(indicators.joined(separator: "\n"), "indicators.json")
    let hunt = try Binary(["hunt", "--format", "ndjson"] + options + span + [all, allIndicators])
    let expected = Self.ids(try hunt.documents)
    #expect(expected.count > 40, "\(hunt.errors)")
    #expect(rules.isEmpty == false)
    let folder = scratch.path + "/events"
    var (late, contradicted) = (Int64(0), Int64(0))
    let shuffled = records.shuffled(using: &random)
    for (piece, start) in stride(from: 0, to: shuffled.count, by: 32).enumerated() {
      let part = shuffled[start..<min(shuffled.count, start + 32)].joined(separator: "\n")
      let files = [
        try scratch.write(part, "part\(piece).json"), try scratch.write(indicators[piece], "indicator\(piece).json"),
      ]
      #expect(try Binary(["ingest", "--data", folder] + Self.now + files).status == 0)
      let run = try Self.summary(["--data", folder] + options + span)
      late += run["late"]?.integerValue ?? 0
      contradicted += run["contradicted"]?.integerValue ?? 0
    }
    #expect(late > 0 && contradicted > 0, "seed \(seed)")
    let kept = try Binary(["alerts", "export", "--data", folder]).documents
    let sound = kept.filter { $0["martlet"]?["contradicted_by"] == nil }
    #expect(Self.ids(sound) == expected, "seed \(seed)")
    #expect(kept.count >= expected.count)
    // What was counted is what one hunt counts, whatever was counted before.
    func counted(_ documents: [JSONValue]) -> [String: JSONValue] {
      let pairs = documents.compactMap { document in
        document["kibana.alert.threshold_result"].map { (document["kibana.alert.uuid"]?.stringValue ?? "", $0) }
      }
      return Dictionary(pairs) { first, _ in first }
    }
    #expect(try counted(sound) == counted(hunt.documents) && counted(sound).count > 5, "seed \(seed)")
    #expect(sound.contains { $0["martlet"]?["sequence"] != nil })
    // And what alerts stand for, however it has grown.
    func folded(_ documents: [JSONValue]) -> [String: [JSONValue?]] {
      let pairs = documents.compactMap { document in
        document["kibana.alert.suppression.docs_count"].map { count in
          (
            document["kibana.alert.uuid"]?.stringValue ?? "",
            [count, document["kibana.alert.suppression.end"], document["kibana.alert.last_detected"]]
          )
        }
      }
      return Dictionary(pairs) { first, _ in first }
    }
    #expect(try folded(sound) == folded(hunt.documents) && folded(sound).count > 5, "seed \(seed)")
    #expect(sound.contains { $0["kibana.alert.rule.rule_id"] == "over-alerts" })
    // And which indicators match an event.
    func enriched(_ documents: [JSONValue]) -> [String: [String?]] {
      let pairs = documents.compactMap { document in
        document["threat"]?["enrichments"]?.arrayValue.map { enrichments in
          (document["kibana.alert.uuid"]?.stringValue ?? "", enrichments.map { $0["matched"]?["id"]?.stringValue })
        }
      }
      return Dictionary(pairs) { first, _ in first }
    }
    #expect(try enriched(sound) == enriched(hunt.documents), "seed \(seed)")
    #expect(enriched(sound).values.contains { $0.count == 2 } && enriched(sound).count > 20, "seed \(seed)")
    // An alert of a new term is contradicted by the event that had shown it before.
    let known = Set(records.compactMap { try? JSONValue(parsing: $0)["eventID"]?.stringValue })
    for alert in kept where alert["kibana.alert.new_terms"] != nil {
      guard let by = alert["martlet"]?["contradicted_by"]?.stringValue else { continue }
      let isEvent = known.contains(by)
      #expect(isEvent, "seed \(seed): \(by) for \(alert.text)")
    }
  }

  private static let counting = """
    [rule]
    rule_id = "counting"
    name = "A user does things often"
    severity = "low"
    risk_score = 21
    type = "threshold"
    language = "kuery"
    index = ["logs-aws.cloudtrail-*"]
    query = "event.action: *"
    interval = "5m"
    from = "now-3h"
    [rule.threshold]
    field = ["user.name"]
    value = 3
    """
  private static let folding = """
    [rule]
    rule_id = "folding"
    name = "A user writes, which is told twice a day at most"
    severity = "low"
    risk_score = 21
    type = "eql"
    language = "eql"
    index = ["logs-aws.cloudtrail-*"]
    query = 'any where event.action == "PutObject"'
    interval = "30m"
    from = "now-1h"
    [rule.alert_suppression]
    group_by = ["user.name"]
    duration = { value = 12, unit = "h" }
    """
  private static let overAlerts = """
    [rule]
    rule_id = "over-alerts"
    name = "Something new is done by somebody who writes"
    severity = "low"
    risk_score = 21
    type = "query"
    language = "kuery"
    index = [".alerts-security.*"]
    query = "kibana.alert.rule.rule_id: new-action and event.action: PutObject"
    interval = "30m"
    from = "now-1h"
    """
  private static let following = """
    [rule]
    rule_id = "following"
    name = "Something is read and then deleted"
    severity = "low"
    risk_score = 21
    type = "eql"
    language = "eql"
    index = ["logs-aws.cloudtrail-*"]
    query = 'sequence by user.name [any where event.action == "GetObject"] [any where event.action == "DeleteObject"]'
    interval = "30m"
    from = "now-6h"
    """

  @Test(
    "A rule finds a record's own values in a folder, however it names them",
    arguments: [
      #"{"match":{"martlet.record.eventName":{"query":"GetObject"}}}"#,
      #"{"match":{"martlet.record.eventName":{"query":"GetObject","lenient":true}}}"#,
      #"{"query_string":{"query":"martlet.record.eventName:GetObject","lenient":true}}"#,
      #"{"kql":{"query":"martlet.record.eventName: GetObject"}}"#,
    ])
  func recordValues(filter: String) throws {
    let scratch = try Scratch()
    let rule = try scratch.write(
      #"{"rule_id":"own","name":"Own","description":"d","severity":"low","risk_score":21,"type":"query","language":"kuery","query":"event.action: *","index":["logs-aws.cloudtrail-*"],"from":"now-6m","interval":"5m","filters":[{"query":\#(filter)}]}"#,
      "rule.ndjson")
    let options = Self.now + ["--rules", rule, "--no-builtin", "--from", "2026-01-01", "--to", "2026-01-02"]
    let events = try scratch.write(Sample.records, "a.json")
    let hunt = try Binary(["hunt", "--format", "ndjson"] + options + [events])
    #expect(!hunt.lines.isEmpty, "\(hunt.errors)")
    let folder = scratch.path + "/events"
    #expect(try Binary(["ingest", "--data", folder] + Self.now + [events]).status == 0)
    #expect(try Self.summary(["--data", folder] + options)["new"]?.integerValue == Int64(hunt.lines.count))
  }

  @Test("What a run says of alerts and of their building blocks is what is listed, exported and hunted")
  func blocks() throws {
    let scratch = try Scratch()
    let options =
      Self.now + ["--rules", try scratch.write(Self.following, "rule.toml"), "--no-builtin"]
      + ["--from", "2026-01-01", "--to", "2026-01-02"]
    func record(_ number: Int, _ action: String) -> String {
      #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-0000000\#(10000 + number)","eventTime":"2026-01-01T10:\#(number):00Z","eventSource":"s3.amazonaws.com","eventName":"\#(action)","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","userName":"ann"}}"#
    }
    let actions = ["GetObject", "DeleteObject", "GetObject", "DeleteObject"]
    let file = try scratch.write(
      actions.enumerated().map { record(11 + $0, $1) }.joined(separator: "\n"), "a.json")
    let folder = scratch.path + "/events"
    #expect(try Binary(["ingest", "--data", folder] + Self.now + [file]).status == 0)
    let sentence = "2 new alerts and 4 building blocks"
    let dry = try Binary(["run", "--data", folder, "--dry-run"] + options)
    #expect(dry.errors.contains("2 alerts and 4 building blocks would be made"), "\(dry.errors)")
    let run = try Binary(["run", "--data", folder] + options)
    #expect(run.errors.contains(sentence), "\(run.errors)")
    #expect(try Binary(["alerts", "export", "--data", folder]).documents.count == 6)
    #expect(try Binary(["hunt", "--format", "ndjson"] + options + [file]).documents.count == 6)
    let list = try Binary(["alerts", "list", "--data", folder, "--format", "table"])
    #expect(list.errors.contains("2 alerts and 4 building blocks"), "\(list.errors)")
    let page = try Binary(["report", "--data", folder, "--output", scratch.path + "/page.html"])
    #expect(page.errors.contains("4 building blocks, which serve other alerts, are not on the page"), "\(page.errors)")
    #expect(page.errors.contains("\n2 alerts and 4 building blocks\n"), "\(page.errors)")
    #expect(
      try String(contentsOfFile: scratch.path + "/page.html", encoding: .utf8).contains(
        "<title>2 alerts – Martlet report"))
    // NDJSON and JSON have the blocks, all else leaves them out, wherever alerts come from.
    let saved = try scratch.write(Binary(["hunt", "--format", "ndjson"] + options + [file]).output, "saved.ndjson")
    for source in [["hunt"] + options + [file], ["report", "--data", folder], ["report", saved]] {
      func written(_ format: String, _ more: [String] = []) throws -> Binary {
        try Binary(source + ["--format", format] + more)
      }
      #expect(try written("ndjson").documents.count == 6, "\(source)")
      #expect(try JSONValue(parsing: written("json").output).arrayValue?.count == 6, "\(source)")
      let csv = try written("csv")
      #expect(csv.output.split(whereSeparator: \.isNewline).count == 3, "\(source): \(csv.output)")
      let isTold = csv.errors.contains(
        "4 building blocks, which serve other alerts, are not shown; NDJSON and JSON have them")
      #expect(isTold == (source[0] == "report"), "\(csv.errors)")
      #expect(try written("markdown").lines.count { $0.hasPrefix("## ") } == 2, "\(source)")
      #expect(try written("table", ["--no-fold"]).lines.count == 3, "\(source)")
      #expect(try written("ndjson", ["--fields", "id"]).lines.count == 2, "\(source)")
      #expect(try written("ndjson", ["--by", "rule"]).documents.map { $0["count"] } == [2], "\(source)")
      #expect(try written("ndjson", ["--limit", "1"]).documents.count == 3, "\(source)")
    }
    #expect(
      try Binary(["alerts", "list", "--data", folder, "--output", scratch.path + "/list.html"]).status == 0
        && String(contentsOfFile: scratch.path + "/list.html", encoding: .utf8).contains("<title>2 alerts – "))
    // A block that is there without its alert stands for itself.
    let lone = try scratch.write(
      String(Binary(["report", "--format", "ndjson", saved]).output.split(separator: "\n")[0]), "lone.ndjson")
    #expect(try Binary(["report", "--format", "csv", lone]).output.split(whereSeparator: \.isNewline).count == 2)
    // What else there is near an alert are alerts.
    let id = try #require(
      try Binary(["report", "--format", "ndjson", "--fields", "kibana.alert.uuid", saved]).documents.first?[
        "kibana.alert.uuid"]?.stringValue)
    let context = try JSONValue(parsing: Binary(["context", "--data", folder, "--format", "json", id]).output)
    #expect(context["alerts"]?.arrayValue?.count == 1, "\(context.text)")
    // What is left out and what is shown are counts of alerts too.
    let grave = try Binary(["report", "--data", folder, "--format", "ndjson", "--min-severity", "high"])
    #expect(
      grave.errors.hasSuffix("2 alerts and 4 building blocks, none shown, 2 left out by --min-severity high\n"),
      "\(grave.errors)")
    let suggested = try Binary(["exceptions", "suggest", "--data", folder, "--min-alerts", "1"])
    #expect(suggested.errors.hasSuffix(" of 2 alerts\n"), "\(suggested.errors)")
    let again = try Self.summary(["--data", folder] + options)
    #expect(again["new"] == 0 && again["building_blocks"] == 0 && again["known"] == 2, "\(again.text)")
  }

  @Test("An alert that counts a late event between its first and its last takes the new count and tells the former")
  func countedBetween() throws {
    let scratch = try Scratch()
    let options =
      Self.now + ["--rules", try scratch.write(Self.counting, "rule.toml"), "--no-builtin"]
      + ["--from", "2026-01-01", "--to", "2026-01-02"]
    func record(_ minute: Int) -> String {
      #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-0000000\#(10000 + minute)","eventTime":"2026-01-01T10:\#(minute):00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","userName":"ann"}}"#
    }
    let folder = scratch.path + "/events"
    for (piece, minutes) in [[11, 12, 24], [21]].enumerated() {
      let file = try scratch.write(minutes.map(record).joined(separator: "\n"), "part\(piece).json")
      #expect(try Binary(["ingest", "--data", folder] + Self.now + [file]).status == 0)
      #expect(try Binary(["run", "--data", folder] + options).status == 0)
    }
    let kept = try Binary(["alerts", "export", "--data", folder]).documents
    #expect(kept.map { $0["kibana.alert.threshold_result"]?["count"]?.integerValue } == [4])
    let former = kept.first?["martlet"]?["revised"]?.arrayValue?.map { $0["evidence"]?["threshold_result"]?["count"] }
    #expect(former?.map { $0?.integerValue } == [3])
  }

  @Test("What was counted for an alert does not count again in the next run, however often runs are")
  func countingGoesOn() throws {
    let scratch = try Scratch()
    let rule = ["--rules", try scratch.write(Self.counting, "rule.toml"), "--no-builtin"]
    func time(_ minute: Int) -> String {
      "2026-01-01T\(minute / 60 < 10 ? "0" : "")\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60):00Z"
    }
    func record(_ minute: Int) -> String {
      #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-0000000\#(10000 + minute)","eventTime":"\#(time(minute))","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","userName":"ann"}}"#
    }
    let minutes = [61, 62, 70, 71, 90, 130, 131, 132, 133, 200, 201, 240, 250, 251]
    let folder = scratch.path + "/often"
    #expect(try Binary(["ingest", "--data", folder, try scratch.write(record(1), "first.json")]).status == 0)
    _ = try Binary(["run", "--data", folder, "--now", time(59)] + rule)
    var made = 0
    for end in stride(from: 65, through: 300, by: 5) {
      let new = minutes.filter { end - 5 < $0 && $0 <= end }.map(record)
      if !new.isEmpty {
        let file = try scratch.write(new.joined(separator: "\n"), "at\(end).json")
        #expect(try Binary(["ingest", "--data", folder, file]).status == 0)
      }
      let run = try Binary(["run", "--format", "json", "--data", folder, "--now", time(end)] + rule)
      made += Int(try JSONValue(parsing: run.output)["new"]?.integerValue ?? 0)
    }
    let all = try scratch.write(([1] + minutes).map(record).joined(separator: "\n"), "all.json")
    let hunt = try Binary(
      ["hunt", "--format", "ndjson", "--now", time(300), "--from", time(60), "--to", time(300)] + rule + [all])
    let kept = try Binary(["alerts", "export", "--data", folder]).documents
    #expect(made > 2 && kept.count == made)
    #expect(try Self.ids(kept) == Self.ids(hunt.documents), "\(kept.count) and \(hunt.lines.count)")
  }

  @Test("Without a span what is due is run, and again what has received late events; a new rule begins now")
  func due() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let rule = ["--rules", try scratch.write(Sample.rule, "rule.toml"), "--no-builtin"]
    func record(_ id: Int, _ time: String) -> String {
      #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-00000000\#(id)","eventTime":"\#(time)","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","userName":"x"}}"#
    }
    func ingest(_ text: String, _ name: String) throws {
      #expect(try Binary(["ingest", "--data", folder] + [try scratch.write(text, name)]).status == 0)
    }
    func run(_ now: String) throws -> Binary {
      try Binary(["run", "--format", "json", "--data", folder, "--now", now] + rule)
    }
    try ingest(record(1001, "2026-01-01T11:58:00Z"), "a.json")
    // The rule is new: what was before is none of its business.
    let first = try run("2026-01-01T12:00:00Z")
    #expect(first.status == 2 && first.errors.contains("--from runs a span of the past"), "\(first.errors)")
    try ingest(record(1002, "2026-01-01T12:03:00Z"), "b.json")
    let second = try JSONValue(parsing: try run("2026-01-01T12:06:00Z").output)
    // Both lie in the nine minutes before 12:05.
    #expect(second["new"] == 2 && second["late"] == 0, "\(second.text)")
    #expect(try run("2026-01-01T12:07:00Z").status == 2)
    let third = try JSONValue(parsing: try run("2026-01-01T12:21:00Z").output)
    #expect(third["new"] == 0 && third["executions"] != 0)
    try ingest(record(1003, "2026-01-01T12:04:00Z"), "c.json")
    let fourth = try JSONValue(parsing: try run("2026-01-01T12:22:00Z").output)
    #expect(fourth["new"] == 1 && fourth["late"] == 1, "\(fourth.text)")
    let late = try Binary(["alerts", "export", "--data", folder, "--filter", "martlet.late: *"]).documents
    #expect(late.count == 1 && late[0]["event"]?["id"]?.stringValue?.hasSuffix("1003") == true)
  }

  @Test("A clock that was ahead for once takes no execution away, neither of what had been due nor of what comes")
  func clockAhead() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let rule = ["--rules", try scratch.write(Sample.rule, "rule.toml"), "--no-builtin"]
    func ingest(_ id: Int, _ time: String) throws {
      let record =
        #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-00000000\#(id)","eventTime":"\#(time)","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","userName":"x"}}"#
      #expect(try Binary(["ingest", "--data", folder, try scratch.write(record, "\(id).json")]).status == 0)
    }
    func run(_ now: String) throws -> (new: Int64, late: Int64, words: String) {
      let run = try Binary(["run", "--format", "json", "--data", folder, "--now", now] + rule)
      let summary = try JSONValue(parsing: run.output)
      return (summary["new"]?.integerValue ?? -1, summary["late"]?.integerValue ?? -1, run.errors)
    }
    try ingest(1000, "2026-01-01T10:03:00Z")
    #expect(try Binary(["run", "--data", folder, "--now", "2026-01-01T12:00:00Z"] + rule).status == 2)
    try ingest(1001, "2026-01-01T12:03:00Z")
    #expect(try run("2026-01-01T12:06:00Z").new == 1)
    // Due when the clock jumps: what is passed over as too old is not lost.
    try ingest(1002, "2026-01-01T12:13:00Z")
    let ahead = try run("2036-01-01T12:00:00Z")
    #expect(ahead.new == 0, "\(ahead)")
    let back = try run("2026-01-01T12:16:00Z")
    #expect(back.new == 1 && back.late == 0 && back.words.contains("the clock was ahead when 1 rule ran"), "\(back)")
    // From then on all is as it was, also where the times that were run ahead come.
    try ingest(1003, "2026-01-01T12:23:00Z")
    let next = try run("2026-01-01T12:26:00Z")
    #expect(next.new == 1 && next.late == 0 && !next.words.contains("clock"), "\(next)")
  }

  @Test(
    "Executions that were missed long ago are skipped, counted and logged with the reason, and nothing is run in their place"
  )
  func skipped() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let rule = ["--rules", try scratch.write(Sample.rule, "rule.toml"), "--no-builtin"]
    func record(_ id: Int, _ time: String) -> String {
      #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-00000000\#(id)","eventTime":"\#(time)","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","userName":"x"}}"#
    }
    func run(_ now: String, _ more: [String] = []) throws -> Binary {
      try Binary(["run", "--format", "json", "--data", folder, "--now", now] + rule + more)
    }
    let input = try scratch.write(
      [
        record(1001, "2026-01-01T11:58:00Z"), record(1002, "2026-01-02T12:00:00Z"),
        record(1003, "2026-02-20T12:00:00Z"),
      ]
      .joined(separator: "\n"), "a.json")
    #expect(try Binary(["ingest", "--data", folder, input]).status == 0)
    #expect(try run("2026-01-01T12:01:00Z").status == 2)
    let late = try run("2026-02-21T00:00:00Z")
    #expect(try JSONValue(parsing: late.output)["new"] == 1, "\(late.output)")
    // From 2026-01-01T12:05 to 30 days before the run, an execution each five minutes.
    #expect(
      late.errors.contains("due more than 30d ago and are skipped; --from runs a span of the past"), "\(late.errors)")
    #expect(late.errors.contains("5903 executions of 1 rule"), "\(late.errors)")
    let again = try run("2026-02-21T00:05:00Z")
    #expect(!again.errors.contains("skipped"), "\(again.errors)")
    let past = try run("2026-02-21T00:06:00Z", ["--from", "2026-01-02", "--to", "2026-01-03"])
    #expect(try JSONValue(parsing: past.output)["new"] == 1)
    #expect(try run("2026-02-21T00:06:00Z", ["--catch-up", "soon"]).status == 64)
  }

  @Test("Late events have executions run again as far back as is asked for, and those from before that are counted")
  func lateBound() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let rule = ["--rules", try scratch.write(Sample.rule, "rule.toml"), "--no-builtin"]
    func ingest(_ id: Int, _ time: String) throws {
      let record =
        #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-00000000\#(id)","eventTime":"\#(time)","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","userName":"x"}}"#
      #expect(try Binary(["ingest", "--data", folder, try scratch.write(record, "\(id).json")]).status == 0)
    }
    func run(_ now: String, _ more: [String] = []) throws -> Binary {
      try Binary(["run", "--format", "json", "--data", folder, "--now", now] + rule + more)
    }
    try ingest(1001, "2026-01-01T11:00:00Z")
    #expect(try run("2026-01-01T12:01:00Z").status == 2)
    #expect(try run("2026-01-10T12:06:00Z").status == 0)
    try ingest(1002, "2026-01-07T12:00:00Z")
    let near = try run("2026-01-10T12:11:00Z", ["--late-events", "2d"])
    #expect(try JSONValue(parsing: near.output)["new"] == 0, "\(near.output)")
    #expect(near.errors.contains("1 event came more than 2d late"), "\(near.errors)")
    try ingest(1003, "2026-01-07T13:00:00Z")
    let far = try run("2026-01-10T12:16:00Z")
    #expect(try JSONValue(parsing: far.output)["new"] == 1, "\(far.output)")
    #expect(!far.errors.contains("late, for which"), "\(far.errors)")
    #expect(try run("2026-01-10T12:17:00Z", ["--late-events", "soon"]).status == 64)
  }

  @Test(
    "What fell due while a rule was off is skipped with that reason, but for what lies just before it is on again, whatever way it went",
    arguments: [["disable", "enable"], ["delete", "import"], ["import off", "import"]])
  func switchedOff(ways: [String]) throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    // Switches go by the clock.
    let now = Date()
    func time(_ minutesAgo: Double) -> String { now.addingTimeInterval(-60 * minutesAgo).ISO8601Format() }
    func run(_ arguments: [String]) throws -> (new: JSONValue?, errors: String) {
      let run = try Binary(["run", "--format", "json", "--data", folder, "--rule", "test-rule"] + arguments)
      return (try? JSONValue(parsing: run.output)["new"], run.errors)
    }
    func ingest(_ events: [(id: Int, minutesAgo: Double)]) throws {
      let records = events.map { id, minutesAgo in
        #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-00000000\#(id)","eventTime":"\#(time(minutesAgo))","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","userName":"x"}}"#
      }
      let input = try scratch.write(records.joined(separator: "\n"), "\(events[0].id).json")
      #expect(try Binary(["ingest", "--data", folder, input]).status == 0)
    }
    try ingest([(1001, 590), (1002, 300), (1003, 12)])
    let rule = try scratch.write(Sample.rule, "rule.toml")
    #expect(try Binary(["rules", "import", "--data", folder, rule]).status == 0)
    _ = try run(["--now", time(600)])
    #expect(try run(["--now", time(570)]).new == 1)
    let off = try scratch.write(Sample.rule + "\nenabled = false\n", "off.toml")
    for way in ways {
      let what =
        switch way {
        case "import": ["import", rule]
        case "import off": ["import", off]
        default: [way, "test-rule"]
        }
      let done = try Binary(["rules"] + what + ["--data", folder])
      #expect(done.status == 0, "\(done.errors)")
      // As though the first of them had been done hours ago.
      let clock = ["rule_switches SET at = at", "documents SET kept_at = kept_at"].map { "UPDATE \($0) - 33900000;" }
      try #require(try Process.sqlite(folder + "/alerts.sqlite", clock.joined()))
    }
    let next = try run([])
    #expect(next.new == 1, "\(next)")
    #expect(next.errors.contains("due while it was switched off and are skipped; --from runs"), "\(next.errors)")
    let log = try Binary(["runs", "--format", "json", "--data", folder]).output
    #expect(log.contains("due while the rule was switched off"), "\(log)")
    // Nor do events that come late for it bring it back, and those that come late for what was run do.
    #expect(try !run([]).errors.contains("skipped"))
    try ingest([(1004, 250)])
    #expect(try run([]).new ?? 0 == 0)
    #expect(try run(["--from", time(400), "--to", time(275)]).new == 1)
    try ingest([(1005, 588)])
    #expect(try run([]).new == 2)
  }

  @Test("What fell due before a rule was switched off for a moment is run")
  func switchedOffForAMoment() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let now = Date()
    func time(_ minutesAgo: Double) -> String { now.addingTimeInterval(-60 * minutesAgo).ISO8601Format() }
    let record =
      #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-000000001001","eventTime":"\#(time(300))","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","userName":"x"}}"#
    #expect(try Binary(["ingest", "--data", folder, try scratch.write(record, "a.json")]).status == 0)
    let rule = try scratch.write(Sample.rule, "rule.toml")
    #expect(try Binary(["rules", "import", "--data", folder, rule]).status == 0)
    let run = ["run", "--format", "json", "--data", folder, "--rule", "test-rule"]
    _ = try Binary(run + ["--now", time(600)])
    for way in ["disable", "enable"] {
      #expect(try Binary(["rules", way, "--data", folder, "test-rule"]).status == 0)
    }
    let next = try Binary(run)
    #expect(try JSONValue(parsing: next.output)["new"] == 1, "\(next.output) \(next.errors)")
    #expect(!next.errors.contains("skipped"), "\(next.errors)")
  }

  @Test("A folder's rules are kept in versions, run, switched off, exported and deleted")
  func rules() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    _ = try Binary(["ingest", "--data", folder, try scratch.write(Sample.records, "a.json")])
    let span = ["--from", "2026-01-01", "--to", "2026-01-02"]
    let file = try scratch.write(Sample.rule, "rule.toml")
    let first = try Binary(["rules", "import", "--data", folder, file])
    #expect(first.status == 0 && first.errors.contains("1 rule added"), "\(first.errors)")
    #expect(try Binary(["rules", "import", "--data", folder, file]).errors.contains("1 was there"))
    #expect(try Binary(["rules", "list", "--data", folder]).output.contains("test-rule"))
    func mine() throws -> Int {
      try Binary(["alerts", "export", "--data", folder, "--filter", "kibana.alert.rule.rule_id: test-rule"]).lines.count
    }
    _ = try Binary(["rules", "disable", "--data", folder, "test-rule"])
    _ = try Binary(["run", "--data", folder] + span)
    #expect(try mine() == 0)
    #expect(try Binary(["rules", "enable", "--data", folder, "Objects re"]).status == 0)
    _ = try Binary(["run", "--data", folder] + span)
    #expect(try mine() == 1)
    // A rule of the user in place of one that ships.
    let shipped = try Binary(["rules", "export", "--data", folder, "--all"])
    let line = try #require(shipped.lines.first { $0.contains("\"type\":\"query\"") && !$0.contains("test-rule") })
    let id = try #require(try JSONValue(parsing: line)["rule_id"]?.stringValue)
    let own = try scratch.write(Sample.rule.replacing("test-rule", with: id), "own.toml")
    #expect(try Binary(["rules", "import", "--data", folder, own]).status == 0)
    let list = try Binary(["rules", "list", "--data", folder]).lines.filter { $0.contains(id) }
    #expect(list.count == 1 && list[0].contains("Objects read"))
    #expect(try Binary(["rules", "export", "--data", folder]).lines.count == 3)
    #expect(try Binary(["rules", "delete", "--data", folder, id]).status == 0)
    #expect(try Binary(["rules", "delete", "--data", folder, id]).status == 64)
    #expect(
      try Binary(["rules", "list", "--data", folder]).lines.count { $0.contains(id) && !$0.contains("Objects read") }
        == 1)
    let wrong = try scratch.write(
      Sample.rule.replacing("severity = \"high\"", with: "severity = \"odd\""), "wrong.toml")
    #expect(try Binary(["rules", "import", "--data", folder, wrong]).status == 1)
    #expect(try Binary(["rules", "enable", "--data", folder, "no such rule"]).status == 64)
  }

  @Test("Alerts are listed, filtered, changed and shown, and who changed what is kept")
  func workflow() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let rule = ["--rules", try scratch.write(Sample.rule, "rule.toml"), "--no-builtin"]
    #expect(try Binary(["alerts", "list", "--data", folder]).status == 1)
    _ = try Binary(["ingest", "--data", folder, try scratch.write(Sample.records, "a.json")])
    #expect(try Binary(["alerts", "export", "--data", folder]).lines.isEmpty)
    _ = try Binary(["run", "--data", folder, "--from", "2026-01-01", "--to", "2026-01-02"] + rule)
    let id = try #require(
      try Binary(["alerts", "export", "--data", folder]).documents.first?["kibana.alert.uuid"]?.stringValue)
    let set = try Binary([
      "alerts", "set", "--data", folder, "--to", "closed", "--reason", "benign", "--add-tag", "bucket", "--assign",
      "dana",
      "--note", "asked the owner", "--by", "eve", String(id.prefix(6)),
    ])
    #expect(set.status == 0 && set.errors.contains("1 alert changed"), "\(set.errors)")
    #expect(try Binary(["alerts", "export", "--data", folder, "--status", "open"]).lines.isEmpty)
    let closed = try Binary([
      "alerts", "export", "--data", folder, "--filter", "kibana.alert.workflow_tags: bucket and user.name: bob",
    ]).documents
    #expect(closed.count == 1 && closed[0]["kibana.alert.workflow_status"] == "closed")
    #expect(try Binary(["alerts", "export", "--data", folder, "--filter", "user.name: nobody"]).lines.isEmpty)
    #expect(try Binary(["alerts", "export", "--data", folder, "--filter", "user.name: ("]).status == 64)
    let show = try Binary(["alerts", "show", "--data", folder, String(id.prefix(6))])
    #expect(
      show.output.contains("eve") && show.output.contains("status: open → closed")
        && show.output.contains("asked the owner"))
    let shown = try JSONValue(
      parsing: Binary(["alerts", "show", "--data", folder, "--format", "json", String(id.prefix(6))]).output)
    let changes = try #require(shown["martlet.changes"]?.arrayValue)
    #expect(changes.contains { $0["what"] == "status" && $0["before"] == "open" && $0["after"] == "closed" })
    #expect(changes.allSatisfy { $0["at"] != nil && $0["who"] != nil } && shown["kibana.alert.uuid"]?.stringValue == id)
    #expect(try Binary(["alerts", "set", "--data", folder, "--to", "open", "ffffffffffff"]).status == 1)
    #expect(try Binary(["alerts", "set", "--data", folder, id]).status == 64)
    #expect(try Binary(["alerts", "set", "--data", folder, "--to", "open"]).status == 64)
    // Alerts are searched where they are named, and not otherwise.
    let found = try Binary(["search", "--data", folder, "--index", ".alerts-*", "kibana.alert.workflow_status: closed"])
    #expect(found.status == 0 && found.lines.count == 1 && found.output.contains(id), "\(found.errors)")
    #expect(try Binary(["search", "--data", folder, "*"]).lines.count == 2)
    #expect(try Binary(["search", "--data", folder, "--index", "logs-*,.alerts-*", "*"]).lines.count == 3)
    // A run again leaves what people have done.
    _ = try Binary(["run", "--data", folder, "--from", "2026-01-01", "--to", "2026-01-02"] + rule)
    #expect(try Binary(["alerts", "export", "--data", folder, "--status", "closed"]).lines.count == 1)
    let copy = scratch.path + "/copy"
    #expect(try Binary(["backup", "--data", folder, "--to", copy]).status == 0)
    #expect(try Binary(["alerts", "export", "--data", copy, "--status", "closed"]).lines.count == 1)
  }

  @Test("What executions warned of stands in the log of runs, and status tells it until a run is without")
  func warnings() throws {
    let scratch = try Scratch()
    func rule(_ id: String, _ more: String) -> String {
      """
      [rule]
      rule_id = "\(id)"
      name = "\(id)"
      description = "d"
      severity = "low"
      risk_score = 1
      \(more)
      """
    }
    let events = (0..<3).map { number in
      #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-00000000000\#(number)","eventTime":"2026-01-01T00:01:0\#(number)Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","recipientAccountId":"111122223333"}"#
    }
    let folder = scratch.path + "/events"
    #expect(
      try Binary(
        ["ingest", "--data", folder] + Self.now + [try scratch.write(events.joined(separator: "\n"), "e.json")]
      )
      .status == 0)
    try scratch.write(
      rule(
        "rows",
        #"""
        type = "esql"
        language = "esql"
        query = "FROM logs-aws.cloudtrail-* METADATA _id | EVAL n = TO_LONG(event.action) | WHERE event.action == \"GetObject\""
        """#), "rules/rows.toml")
    try scratch.write(
      rule(
        "cut",
        #"""
        type = "query"
        language = "kuery"
        index = ["logs-aws.cloudtrail-*"]
        max_signals = 1
        query = "event.action: GetObject and not nobody.has: x"
        """#), "rules/cut.toml")
    let run = try Binary(
      ["run", "--data", folder, "--no-builtin", "--rules", scratch.path + "/rules"] + Self.now
        + ["--from", "2026-01-01T00:00:00Z", "--to", "2026-01-01T00:05:00Z"])
    #expect(run.status == 0, "\(run.errors)")
    func status() throws -> [String: [String]] {
      let rules =
        try Binary(["status", "--data", folder, "--format", "json"]).documents.first?["rules"]?.arrayValue ?? []
      return Dictionary(
        rules.map { ($0["rule_id"]?.stringValue ?? "", $0["warnings"]?.arrayValue?.compactMap(\.stringValue) ?? []) }
      ) { first, _ in first }
    }
    let told = try status()
    #expect(told["rows"]?.contains { $0.contains("warned: ") && $0.contains("TO_LONG") } == true, "\(told)")
    #expect(told["cut"]?.contains { $0.contains("found more than max_signals (1)") } == true, "\(told)")
    #expect(told["cut"]?.contains { $0.contains("nobody.has") } == true, "\(told)")
    // The same words as the run's own.
    for warning in told.values.joined() { #expect(run.errors.contains(warning), "\(warning) \(run.errors)") }
    let table = try Binary(["status", "--data", folder]).output
    #expect(table.contains("cut, in its last run: "), "\(table)")
    let later = try Binary(
      ["run", "--data", folder, "--no-builtin", "--rules", scratch.path + "/rules"] + Self.now
        + ["--from", "2026-01-02T00:00:00Z", "--to", "2026-01-02T00:05:00Z"])
    #expect(later.status == 0, "\(later.errors)")
    #expect(try status()["rows"] == [])
  }
}
