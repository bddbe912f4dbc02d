import Foundation
import JSON
import TestSupport
import Testing

/// Lists of alerts and events: chosen fields, sorting, counting, files.
struct ListOptionTests {
  private let scratch: Scratch
  private let file: String
  private let hunt: [String]

  init() throws {
    scratch = try Scratch()
    // One user is refused five times within the hour, and once later; another is let in.
    let minutes = [0, 5, 10, 30, 60, 61]
    let refused = minutes.enumerated().map { Self.record($0, minute: $1, user: "dana", error: "AccessDenied") }
    let granted = [Self.record(10, minute: 7, user: "kim", error: nil)]
    file = try scratch.write((refused + granted).joined(separator: "\n"), "logs/trail.json")
    let rule = try scratch.write(
      Sample.rule.replacing("event.action: GetObject", with: "event.action: GetSecretValue"), "rule.toml")
    hunt = ["hunt", "--no-builtin", "--rules", rule, "--now", "2026-02-01T00:00:00Z"]
  }

  private static func record(_ number: Int, minute: Int, user: String, error: String?) -> String {
    let time = "2026-01-01T0\(1 + minute / 60):\(String(format: "%02d", minute % 60)):00Z"
    return
      #"{"eventID":"00000000-0000-0000-0000-0000000000\#(String(format: "%02d", number))","eventTime":"\#(time)","eventName":"GetSecretValue","eventSource":"secretsmanager.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","sourceIPAddress":"2001:db8:1234:5678:9abc:def0:1234:5678","userIdentity":{"type":"AssumedRole","accountId":"111122223333","principalId":"AROAX:\#(user)","arn":"arn:aws:sts::111122223333:assumed-role/ops-administrators-of-everything/\#(user)"}"#
      + (error.map { #","errorCode":"\#($0)""# } ?? "") + "}"
  }

  private func run(_ arguments: [String]) throws -> Binary { try Binary(hunt + arguments + [file]) }

  @Test("Spellings of one typed value are counted as one")
  func countsByTerm() throws {
    let events = [#""443","ip":"2001:db8:0::1""#, #"443,"ip":"2001:db8::1""#, #"443.0,"ip":"AWS Internal""#]
      .enumerated()
      .map {
        #"{"@timestamp":"2026-01-0\#($0 + 1)T00:00:00Z","event":{"id":"\#($0)"},"source":{"port":\#($1)},"file":{"created":"2026-01-01"}}"#
      }
    let file = try scratch.write(events.joined(separator: "\n"), "ecs.ndjson")
    func counted(_ field: String) throws -> [JSONValue?] {
      try Binary(["search", "--by", field, "--format", "ndjson", "*", file]).documents.flatMap {
        [$0[field], $0["count"]]
      }
    }
    #expect(try counted("source.port") == ["443", 3])
    #expect(try counted("source.ip") == ["2001:db8::1", 2, "AWS Internal", 1])
    #expect(try counted("file.created") == ["2026-01-01T00:00:00.000Z", 3])
  }

  @Test("Alike alerts within an hour are one row with a count; --no-fold and other formats have every alert")
  func folding() throws {
    let table = try run(["--format", "table"])
    #expect(table.status == 0, "\(table.errors)")
    #expect(table.lines.count == 4, "\(table.output)")
    func counts(_ line: String) -> [Substring] { line.split(separator: " ") }
    #expect(table.lines.dropFirst().map { counts($0)[2] } == ["5", "1", "1"])
    #expect(table.lines[1].contains("role/ops-administrators-of-everything via dana"))
    #expect(table.lines[2].contains("via kim") && table.lines[2].contains("success"))
    #expect(try run(["--format", "table", "--no-fold"]).lines.count == 8)
    #expect(try run(["--format", "ndjson"]).lines.count == 7)
    #expect(table.errors.contains("7 alerts"))
  }

  @Test("A narrow table cuts names in the middle, and ids and addresses never; a piped one cuts nothing")
  func widths() throws {
    let wide = try run(["--format", "table"])
    #expect(!wide.output.contains("…"))
    let id = try #require(try run(["--format", "ndjson"]).documents.first?["kibana.alert.uuid"]?.stringValue)
    #expect(wide.output.contains(id))
    for width in [60, 80, 100, 140] {
      let narrow = try Binary(hunt + ["--format", "table", file], environment: ["COLUMNS": String(width)])
      #expect(narrow.output.contains("…") && narrow.lines.allSatisfy { $0.count <= width }, "\(narrow.output)")
      func count(_ text: String) -> Int { narrow.output.components(separatedBy: text).count - 1 }
      #expect(count("2001:db8:1234:5678:9abc:def0:1234:5678") == 3 && count("111122223333") == 3)
      // A row goes on in lines that are set in.
      #expect(narrow.lines.count { !$0.hasPrefix(" ") } == 4)
      let short = try #require(narrow.lines.first { $0.first?.isHexDigit == true }?.split(separator: " ").first)
      #expect(id.hasPrefix(short) && short.count == 8)
    }
  }

  @Test("A table of chosen fields folds as one of all does; --no-fold and other formats have every alert")
  func foldedFields() throws {
    let fields = ["--fields", "time,who,event.id,outcome"]
    let table = try run(["--format", "table"] + fields)
    #expect(table.lines.map { $0.split(separator: " ")[0] } == ["N", "5", "1", "1"], "\(table.output)")
    #expect(table.lines[1].contains("00000000-0000-0000-0000-000000000000 +4"))
    #expect(table.lines[1].contains("2026-01-01T01:00:00.000Z +4") && table.lines[1].hasSuffix("failure"))
    #expect(try run(["--format", "table", "--no-fold"] + fields).lines.count == 8)
    #expect(try run(["--format", "ndjson"] + fields).lines.count == 7)
    let first = try run(["--format", "table", "--limit", "1", "--sort", "time:desc"] + fields)
    #expect(first.lines.count == 2 && first.lines[1].contains("02:01:00"))
    #expect(first.errors.contains("the first 1 of 3 rows are shown, 1 of 7 alerts"))
  }

  @Test("Alerts are shown as chosen fields, sorted and cut")
  func fields() throws {
    let csv = try run([
      "--format", "csv", "--fields", "time,who,event.id", "--sort", "who:desc,time:desc", "--limit", "2",
    ])
    #expect(
      csv.output.split(separator: "\r\n") == [
        "time,who,event.id",
        "2026-01-01T01:07:00.000Z,role/ops-administrators-of-everything via kim,00000000-0000-0000-0000-000000000010",
        "2026-01-01T02:01:00.000Z,role/ops-administrators-of-everything via dana,00000000-0000-0000-0000-000000000005",
      ])
    #expect(csv.errors.contains("the first 2 of 7 alerts are shown"))
    let lines = try run(["--format", "ndjson", "--fields", "outcome"]).documents
    #expect(lines.count == 7 && lines.count { $0 == ["outcome": "failure"] } == 6)
  }

  @Test("Alerts and events are counted by values, with first and last seen")
  func counts() throws {
    let alerts = try run(["--by", "who,outcome", "--format", "ndjson"]).documents
    let words = "role/ops-administrators-of-everything via dana"
    #expect(
      alerts.first == [
        "who": .string(words), "outcome": "failure", "count": 6, "first": "2026-01-01T01:00:00.000Z",
        "last": "2026-01-01T02:01:00.000Z",
      ])
    let events = try Binary(["search", "--by", "event.outcome,user.email", "--format", "csv", "*", file])
    #expect(
      events.output.split(separator: "\r\n") == [
        "event.outcome,user.email,count,first,last",
        "failure,,6,2026-01-01T01:00:00.000Z,2026-01-01T02:01:00.000Z",
        "success,,1,2026-01-01T01:07:00.000Z,2026-01-01T01:07:00.000Z",
      ])
    #expect(events.errors.contains("2 distinct combinations of event.outcome, user.email"))
    let first = try Binary(["search", "--by", "event.id", "--limit", "1", "--sort", "event.id:desc", "*", file])
    #expect(try first.documents.map { $0["event.id"] } == ["00000000-0000-0000-0000-000000000010"])
    #expect(first.errors.contains("7 distinct values of event.id, the first 1 are shown"))
  }

  @Test("A limit of none prints no event, and the count all the same", arguments: ["kuery", "lucene", "eql"])
  func none(language: String) throws {
    let query = language == "eql" ? "any where true" : "*"
    for format in ["ndjson", "csv"] {
      let run = try Binary(["search", "--language", language, "--limit", "0", "--format", format, query, file])
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.split(whereSeparator: \.isNewline).count <= (format == "csv" ? 1 : 0), "\(run.output)")
      #expect(run.errors.contains(language == "eql" ? "; 0 matched" : "; 7 matched"), "\(run.errors)")
    }
  }

  @Test("A histogram counts over time")
  func histogram() throws {
    for command in [
      hunt + ["--format", "csv", "--histogram", "--interval", "1h", file],
      ["search", "--format", "csv", "--histogram", "--interval", "1h", "*", file],
    ] {
      #expect(
        try Binary(command).output.split(separator: "\r\n") == [
          "time,count", "2026-01-01T01:00:00.000Z,5", "2026-01-01T02:00:00.000Z,2",
        ])
    }
  }

  @Test("Events are searched between times, shown as chosen fields, sorted and cut")
  func search() throws {
    let base = ["search", "--format", "csv", "--fields", "event.id,event.outcome"]
    let sorted = try Binary(base + ["--sort", "@timestamp:desc", "--limit", "1", "*", file])
    #expect(sorted.output == "event.id,event.outcome\r\n00000000-0000-0000-0000-000000000005,failure\r\n")
    #expect(sorted.errors.contains("the first 1 of 7 events are shown"))
    let between = try Binary(
      ["search", "--format", "count", "--from", "2026-01-01T01:05:00Z", "--to", "2026-01-01T01:10:00Z", "*", file])
    #expect(between.output == "3\n")
    #expect(try Binary(["search", "--format", "csv", "*", file]).output.split(separator: "\r\n").count == 8)
    // The same whatever the number of workers.
    let one = try Binary(base + ["--sort", "event.outcome", "--threads", "1", "*", file]).output
    #expect(try Binary(base + ["--sort", "event.outcome", "--threads", "4", "*", file]).output == one)
  }

  @Test("Alerts go to files in several formats in one run, and never over input")
  func files() throws {
    let (csv, lines, page) = (scratch.path + "/a.csv", scratch.path + "/a.ndjson", scratch.path + "/a.html")
    let several = try run(["-o", csv, "--output", lines, "-o", page])
    #expect(several.status == 0 && several.output.isEmpty, "\(several.errors)")
    #expect(try String(contentsOfFile: csv, encoding: .utf8).split(separator: "\r\n").count == 8)
    let saved = try String(contentsOfFile: lines, encoding: .utf8)
    #expect(saved == (try run(["--context", "--format", "ndjson"]).output))
    #expect(try String(contentsOfFile: page, encoding: .utf8).contains("<h1>7 alerts"))
    let both = try run(["-o", csv, "--format", "table"])
    #expect(both.lines.count == 4)
    for place in [
      file, scratch.path + "/logs/new.ndjson", scratch.path + "/nowhere/a.csv", "/dev/null", "-",
      scratch.path + "/a.xyz",
    ] {
      let refused = try Binary(hunt + ["-o", place, scratch.path + "/logs"])
      #expect(refused.status == 64, "\(place): \(refused.errors)")
    }
  }

  @Test("A report and other formats are made from saved alerts")
  func saved() throws {
    let alerts = try scratch.write(try run(["--format", "ndjson"]).output, "alerts.ndjson")
    let page = scratch.path + "/saved.html"
    let report = try Binary(["report", "--output", page, alerts])
    #expect(report.status == 0 && report.errors.contains("7 alerts"), "\(report.errors)")
    #expect(try String(contentsOfFile: page, encoding: .utf8).contains("<h1>7 alerts"))
    #expect(try Binary(["report", "--format", "table", alerts]).output == (try run(["--format", "table"]).output))
    #expect(
      try Binary(["report", "--format", "csv", "--by", "who", alerts]).output
        == (try run(["--format", "csv", "--by", "who"]).output))
    #expect(try Binary(["report", "--format", "ndjson", "--min-severity", "critical", alerts]).output.isEmpty)
    #expect(try Binary(["report", "--format", "table", try scratch.write("", "none")]).status == 2)
    #expect(try Binary(["report", "--format", "table", scratch.path + "/nowhere"]).status == 1)
  }

  @Test("A report of which nothing else is said is a page named after the file, and replaces none")
  func defaultPage() throws {
    let alerts = try scratch.write(try run(["--format", "ndjson"]).output, "saved.ndjson")
    let place = scratch.path + "/reports"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    func page(_ name: String) -> String? { try? String(contentsOfFile: place + "/" + name, encoding: .utf8) }
    let made = try Binary(["report", alerts], directory: place)
    #expect(made.status == 0 && made.output.isEmpty && made.errors.contains("saved.html"), "\(made.errors)")
    #expect(page("saved.html")?.contains("<h1>7 alerts") == true)
    try "mine".write(toFile: place + "/saved.html", atomically: true, encoding: .utf8)
    let again = try Binary(["report", alerts], directory: place)
    #expect(again.status == 64 && again.errors.contains("--output saved.html"))
    #expect(page("saved.html") == "mine")
    #expect(try Binary(["report", "-"], input: run(["--format", "json"]).output, directory: place).status == 0)
    #expect(page("report.html")?.contains("<h1>7 alerts") == true)
    // What cannot be read gives no page that says nothing.
    #expect(try Binary(["report", "nowhere.json"], directory: place).status == 1)
    #expect(page("nowhere.html") == nil)
  }

  @Test("A search says of columns of alerts which fields to name, and heads columns with the names of fields")
  func columnsOfAlerts() throws {
    let counted = try Binary(["search", "--by", "who", "*", file])
    #expect(counted.status == 0 && counted.errors.contains("`who` is a column of alerts"))
    #expect(counted.errors.contains("`aws.cloudtrail.user_identity.arn` or `user.name`"))
    #expect(try Binary(["search", "--by", "rule", "*", file]).errors.contains("`rule` is a column of alerts"))
    for option in ["--fields", "--sort"] {
      #expect(
        try Binary(["search", option, "what", "--format", "csv", "*", file]).errors.contains("name `event.action`"))
    }
    // A field of that name is a field like others.
    let own = try scratch.write(#"{"@timestamp":"2026-01-01T00:00:00Z","who":"dana","x":{"=1+1":"y"}}"#, "own.ndjson")
    let named = try Binary(["search", "--fields", "@timestamp,who,x.*", "--format", "csv", "*", own])
    #expect(!named.errors.contains("column of alerts"))
    #expect(
      named.output.split(separator: "\r\n") == ["@timestamp,who,x.=1+1", "2026-01-01T00:00:00Z,dana,y"],
      "\(named.output)")
  }

  @Test(
    "A choice of saved alerts is named with what it left out, and a tag that none has is refused with those there are")
  func choiceOfSaved() throws {
    let alerts = try scratch.write(try run(["--format", "ndjson"]).output, "chosen.ndjson")
    let page = scratch.path + "/chosen.html"
    let none = try Binary(["report", "-o", page, "--min-severity", "critical", alerts])
    #expect(none.status == 0, "\(none.errors)")
    #expect(none.errors.contains("7 alerts, none shown, 7 left out by --min-severity critical"), "\(none.errors)")
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.contains("<h1>No alerts that fit what was asked for<span>, of 7 that were saved</span></h1>"))
    #expect(text.contains("<code>--min-severity critical</code>. 7 alerts are left out by it."))
    for format in ["table", "ndjson"] {
      let wrong = try Binary(["report", "--format", format, "--tag", "Objekts", alerts])
      #expect(wrong.status == 64 && wrong.output.isEmpty, "\(wrong.errors)")
      #expect(wrong.errors.contains("no alert has the tag “Objekts”"), "\(wrong.errors)")
    }
    // A rule that ships has it and raised nothing: that is an answer.
    let quiet = try Binary(["report", "--format", "ndjson", "--tag", "Tactic: Impact", alerts])
    #expect(quiet.status == 0 && quiet.output.isEmpty && quiet.errors.contains("7 left out"), "\(quiet.errors)")
    let blank = try scratch.write("", "blank.ndjson")
    let empty = scratch.path + "/empty.html"
    #expect(try Binary(["report", "-o", empty, blank]).status == 2)
    let words = try String(contentsOfFile: empty, encoding: .utf8)
    #expect(words.contains("<h1>Nothing to report<span>: there is no alert in ") && !words.contains("No alerts"))
    // Lines that cannot be read are told on the page.
    let torn = try scratch.write(String(contentsOfFile: alerts, encoding: .utf8) + "{torn\n", "torn.ndjson")
    #expect(try Binary(["report", "-o", page, torn]).status == 1)
    #expect(try String(contentsOfFile: page, encoding: .utf8).contains("1 place of the file could not be read"))
  }

  @Test("A page of a hunt names the choice and the rules that did not run, and the closing line counts both")
  func choiceOfHunt() throws {
    let page = scratch.path + "/hunt.html"
    let off = try scratch.write(
      Sample.rule.replacing("test-rule", with: "off-rule").replacing("Objects read", with: "Resting")
        + "\nenabled = false\n",
      "more/off.toml")
    let low = try scratch.write(
      Sample.rule.replacing("test-rule", with: "low-rule").replacing("\"high\"", with: "\"low\""), "more/low.toml")
    let made = try run(
      ["--rules", off, "--rules", low, "--min-severity", "high", "--from", "2026-01-01", "-o", page])
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.errors.contains("1 rule is switched off (enabled = false)"), "\(made.errors)")
    #expect(made.errors.contains("1 rule (1 not asked for), "), "\(made.errors)")
    let text = try String(contentsOfFile: page, encoding: .utf8)
    for words in [
      "<code>--min-severity high</code>", "<code>--from 2026-01-01</code>", "1 further rule did not run",
      "Not everything was looked at: ", "1 rule took no part", "Resting is switched off",
    ] { #expect(text.contains(words), "\(words)") }
    // What was not hunted is not called free of alerts.
    let nothing = try Binary(hunt + ["--to", "2020-01-01", "--report", scratch.path + "/nothing.html", file])
    #expect(nothing.status == 2)
    let empty = try String(contentsOfFile: scratch.path + "/nothing.html", encoding: .utf8)
    #expect(empty.contains("<h1>Nothing was hunted<span>: no execution") && !empty.contains("No alerts"))
  }

  @Test("Alerts are chosen by severity, rules by tag and tactic")
  func selection() throws {
    func count(_ arguments: [String]) throws -> Int { try run(["--format", "ndjson"] + arguments).lines.count }
    #expect(try count(["--min-severity", "high"]) == 7)
    let critical = try run(["--min-severity", "critical"])
    #expect(critical.status == 2 && critical.errors.contains("nothing was hunted"))
    let tagged = try Binary(["hunt", "--tactic", "Persistence", "--format", "ndjson", file])
    #expect(tagged.status == 0, "\(tagged.errors)")
    let wrong = try Binary(["hunt", "--tactic", "Persistance", file])
    #expect(wrong.status == 64 && wrong.errors.contains("Persistence"))
    #expect(try Binary(["hunt", "--tag", "no such tag", file]).status == 64)
    #expect(try Binary(["hunt", "--min-severity", "grave", file]).status == 64)
  }

  @Test(
    "Options that make no sense are refused with words",
    arguments: [
      ["--by", "a", "--limit", "0"], ["--limit", "-3"], ["--fields", ""], ["--fields", "a,,b"], ["--sort", "a:up"],
      ["--by", "a", "--fields", "b"], ["--histogram", "--by", "a"], ["--interval", "1h"],
      ["--histogram", "--interval", "soon"], ["--histogram", "--interval", "99999999999999999999d"],
      ["--by", "a", "--sort", "b"], ["--by", "a,b,c,d,e,f,g,h,i"],
    ])
  func refused(options: [String]) throws {
    for command in [["hunt"] + options + [file], ["search"] + options + ["*", file]] {
      let run = try Binary(command)
      #expect(run.status == 64, "\(command): \(run.errors)")
      #expect(run.output.isEmpty && run.errors.contains("Error"))
    }
  }
}
