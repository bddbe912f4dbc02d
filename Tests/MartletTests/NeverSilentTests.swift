import Foundation
import JSON
import TestSupport
import Testing

/// What a run says of itself, and the status it ends with.
struct NeverSilentTests {
  private let scratch: Scratch
  private let file: String
  private let rule: String

  init() throws {
    scratch = try Scratch()
    file = try scratch.write(Sample.records, "logs/trail.json")
    rule = try scratch.write(Sample.rule, "rules/rule.toml")
  }

  @Test("A folder of exceptions, rules or value lists that has no effect is said, and what is there instead")
  func foldersWithoutEffect() throws {
    try FileManager.default.createDirectory(atPath: scratch.path + "/empty", withIntermediateDirectories: true)
    _ = try scratch.write("hello", "notes/readme.txt")
    let links = scratch.path + "/links"
    try FileManager.default.createDirectory(atPath: links, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: links + "/gone.toml", withDestinationPath: "/nowhere/at/all")
    let (empty, notes) = (scratch.path + "/empty", scratch.path + "/notes")
    for (option, path, status, words) in [
      ("--exceptions", empty, 1, "There is no exception in it: it is empty."),
      ("--exceptions", notes, 1, "There is no exception in it. What is there: 1 × .txt."),
      ("--exceptions", links, 1, "gone.toml:1:1: error: The path cannot be looked up: it is a link to /nowhere/at/all"),
      ("--rules", links, 1, "gone.toml:1:1: error: The path cannot be looked up: it is a link to /nowhere/at/all"),
      ("--value-lists", empty, 1, "There is no value list in it"),
      ("--value-lists", notes, 0, "warning: No exception names a value list of this folder."),
      ("--value-lists", links + "/gone.toml", 1, "it is a link to /nowhere/at/all, where there is nothing"),
      ("--value-lists", file, 1, "This is no folder"),
    ] {
      let run = try Binary(["hunt", option, path, file])
      #expect(run.status == status && run.errors.contains(words), "\(option) \(path): \(run.status): \(run.errors)")
    }
    let check = try Binary(["exceptions", "check", empty])
    #expect(check.status == 1 && check.output.contains("There is no exception in it"), "\(check.output)")
    let blank = try Binary(["hunt", "--exceptions", try scratch.write("", "blank.toml"), file])
    #expect(blank.status == 0 && blank.errors.contains("The file holds no exception"), "\(blank.errors)")
  }

  @Test("What cannot be opened is told with the cause in words, also at the end of a link")
  func unusable() throws {
    let link = scratch.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/nowhere/at/all")
    let nothing = "it is a link to /nowhere/at/all, where there is nothing"
    for (arguments, words) in [
      (["search", "--geoip", link, "*", file], nothing), (["search", "--mapping", link, "*", file], nothing),
      (["search", "--geoip", scratch.path + "/none.mmdb", "*", file], "there is no such file or folder"),
      (["search", "*", link], "there is no such file or folder"), (["ingest", "--data", link, file], nothing),
      (["search", "--data", link, "*"], nothing), (["status", "--data", link], nothing),
      (["ingest", "--data", scratch.path + "/a/b", file], "there is no folder \(scratch.path)/a: make it first"),
      (["hunt", "--rules", link, file], nothing), (["hunt", "--exceptions", link, file], nothing),
    ] {
      let run = try Binary(arguments)
      #expect(run.status == 1 && run.errors.contains(words), "\(arguments): \(run.status): \(run.errors)")
      #expect(!run.errors.contains("No such file"), "\(run.errors)")
    }
  }

  @Test("Of many unknown fields of a query the first are told with what was meant, the rest are counted")
  func manyUnknownFields() throws {
    let query = (0..<1000).map { "user.nmae\($0): x or usr.nm\($0)*: x" }.joined(separator: " or ")
    let run = try Binary(["search", "--format", "count", query, file])
    #expect(run.status == 0)
    #expect(run.errors.contains("`user.nmae0`; did you mean `user.name`?"))
    #expect(
      run.errors.contains("no event is known to have 950 more fields that were named (-v names them)"), "\(run.errors)")
    #expect(run.errors.contains("a field that matches 950 more patterns of the query (-v names them)"), "\(run.errors)")
    let all = try Binary(["search", "-v", "--format", "count", query, file])
    #expect(all.errors.contains("`user.nmae999`") && all.errors.contains("`usr.nm999*`"))
  }

  @Test("Nothing hunted is never “no alerts” and never status 0")
  func nothingHunted() throws {
    let nothing = try Scratch()
    let blank = try scratch.write("", "blank.json")
    let off = try scratch.write(Sample.rule + "\nenabled = false\n", "off.toml")
    for (arguments, words) in [
      ([nothing.path], "no files to read"), ([blank], "no event"),
      (["--to", "2020-01-01", file], "no execution"), (["--no-builtin", "--rules", off, file], "switched off"),
    ] {
      let run = try Binary(["hunt"] + arguments)
      #expect(run.status == 2, "\(arguments): \(run.errors)")
      #expect(run.errors.contains("nothing was hunted") && run.errors.contains(words), "\(run.errors)")
      #expect(!run.errors.contains("no alerts"))
      #expect(!run.errors.contains("see nothing") && !run.errors.contains("sees nothing"), "\(run.errors)")
      #expect(run.output.isEmpty)
    }
    // Where something could not be read, what was not found is only said of the rest.
    let torn = try scratch.write(
      #"{"@timestamp":"2026-01-01T00:00:00Z","event":{"id":"1"},"data_stream":{"dataset":"aws.cloudtrail"}}"# + "\n{x",
      "torn.ndjson")
    let partly = try Binary(["hunt", torn])
    #expect(partly.status == 1 && partly.errors.contains("no alerts in what was read"), "\(partly.errors)")
    #expect(try Binary(["search", "*", nothing.path]).status == 2)
    #expect(try Binary(["normalize", blank]).status == 2)
    // Bad input comes first.
    #expect(try Binary(["hunt", scratch.path + "/nowhere"]).status == 1)
  }

  @Test("A search of a span or of data streams without an event has searched nothing, whatever the query")
  func nothingInSpan() throws {
    let out = try scratch.write("earlier", "earlier.csv")
    for (arguments, words) in [
      (["--from", "2026-02-01"], "none of 2 events is after --from 2026-02-01"),
      (["--to", "2025-12-31"], "none of 2 events is before --to 2025-12-31"),
      (
        ["--from", "2025-01-01", "--to", "2025-02-01"],
        "none of 2 events is between --from 2025-01-01 and --to 2025-02-01"
      ),
      (["--index", "logs-okta*"], "none of 2 events is of a data stream that matches --index logs-okta*"),
    ] {
      let run = try Binary(["search", "--format", "csv", "-o", out] + arguments + ["*", file])
      #expect(run.status == 2 && run.errors.contains("nothing was searched: \(words)"), "\(run.errors)")
      #expect(!run.errors.contains("matched") && run.errors.contains("is left as it was"), "\(run.errors)")
    }
    for (language, query, arguments) in [
      ("esql", "FROM logs-okta* | KEEP user.name", []), ("esql", "FROM logs-* | LIMIT 1", ["--from", "2026-02-01"]),
      ("eql", "any where true", ["--from", "2026-02-01"]), ("lucene", "*", ["--index", "logs-okta*"]),
    ] {
      let format = language == "eql" ? "ndjson" : "csv"
      let run = try Binary(
        ["search", "--language", language, "--format", format, "-o", out] + arguments + [query, file])
      #expect(run.status == 2 && run.errors.contains("nothing was searched:"), "\(language): \(run.errors)")
      #expect(run.errors.contains("is left as it was"), "\(language): \(run.errors)")
    }
    #expect(try String(contentsOfFile: out, encoding: .utf8) == "earlier")
    let none = try Binary(["search", "--from", "2026-01-01", "event.action: Nothing", file])
    #expect(none.status == 0 && none.errors.contains("0 matched"), "\(none.errors)")
  }

  @Test("Files that options name and that cannot be read give the status of files that cannot be read, told once")
  func unreadableOptions() throws {
    let nowhere = scratch.path + "/nowhere"
    let wrong = try scratch.write(#"{"properties":{"a":{"type":"keywrod"}}}"#, "wrong.json")
    let exceptions = try scratch.write("[[exception]\n", "exceptions.toml")
    for options in [
      ["--mapping", nowhere], ["--mapping", wrong], ["--geoip", nowhere], ["--rules", nowhere],
      ["--exceptions", nowhere], ["--exceptions", exceptions], ["--value-lists", nowhere],
    ] {
      let run = try Binary(["hunt"] + options + [file])
      #expect(run.status == 1, "\(options): \(run.errors)")
      let named = run.errors.split(separator: "\n").filter { $0.contains(options[1]) }
      #expect(!named.isEmpty && Set(named).count == named.count, "\(options): \(run.errors)")
    }
    let run = try Binary(["search", "--mapping", wrong, "*", file])
    #expect(run.status == 1 && run.errors.contains("the field `a` has the type `keywrod`"), "\(run.errors)")
  }

  @Test("Exceptions that have expired are told once, with a count")
  func expiredExceptions() throws {
    func exception(_ name: String, _ until: String) -> String {
      """
      [[exception]]
      name = "\(name)"
      rules = ["Objects read"]
      expires = \(until)
      entries = [{ field = "user.name", match = "nobody" }]

      """
    }
    let past = exception("Old", "2025-01-01T00:00:00Z") + exception("Older", "2024-01-01T00:00:00Z")
    let file = try scratch.write(past + exception("Open", "2099-01-01T00:00:00Z"), "expiring.toml")
    let base = [
      "hunt", "--no-builtin", "--rules", rule, "--now", "2026-02-01T00:00:00Z", "--exceptions", file, self.file,
    ]
    let run = try Binary(base)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.components(separatedBy: "2 exceptions have expired").count == 2, "\(run.errors)")
    #expect(!run.errors.contains("Older"))
    #expect(try Binary(base + ["-v"]).errors.contains("  Older, until 2024-01-01T00:00:00.000Z"))
  }

  @Test("A query that Elasticsearch refuses for the type that the data gave a field is refused with its place")
  func typesFromData() throws {
    let events = try scratch.write(
      #"{"@timestamp":"2026-01-01T00:00:00Z","event":{"id":"1"},"okta":{"v":44,"w":"44"}}"#, "okta.ndjson")
    let run = try Binary(["search", "event.id: 1 and okta.v: 4*", events])
    #expect(run.status == 64 && run.output.isEmpty, "\(run.errors)")
    #expect(run.errors.contains("line 1, column 25") && run.errors.contains("no wildcards"), "\(run.errors)")
    #expect(try Binary(["search", "okta.w: 4*", "--format", "count", events]).output == "1\n")
    // Standard input is judged like a file; of a pipe it is said that it is not.
    let text = try String(contentsOfFile: events, encoding: .utf8)
    let piped = try Binary(["search", "okta.v: 4*", "-"], input: text)
    #expect(piped.status == 64 && piped.output.isEmpty && piped.errors.contains("no wildcards"), "\(piped.errors)")
    let fifo = scratch.path + "/fifo"
    try #require(mkfifo(fifo, 0o600) == 0)
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = ["-c", "cat \"$0\" > \"$1\"", events, fifo]
    try writer.run()
    let once = try Binary(["search", "okta.v: 4*", fifo])
    writer.waitUntilExit()
    #expect(
      once.status == 0 && once.errors.contains("fifo is a pipe") && once.errors.contains("`okta.v`"), "\(once.errors)")
    let mapping = try scratch.write(#"{"properties":{"okta":{"properties":{"v":{"type":"keyword"}}}}}"#, "mapping.json")
    let told = ["search", "okta.v: 4*", "--format", "count", "--mapping", mapping, events]
    #expect(try Binary(told).output == "1\n")
  }

  @Test("An event without @timestamp is told of; search finds it, and only rules whose override it has see it")
  func timeless() throws {
    let events = try scratch.write(
      #"{"event":{"id":"1","action":"GetObject","ingested":"2026-01-01T00:00:00Z","dataset":"aws.cloudtrail"}}"#,
      "timeless.ndjson")
    let found = try Binary(["search", "--format", "table", "event.id: 1", events])
    #expect(found.status == 0 && found.lines.count == 2 && found.errors.contains("1 event has no @timestamp"))
    #expect(try Binary(["search", "--from", "2020-01-01", "--format", "count", "*", events]).output == "0\n")
    let query = Sample.rule.replacing(#"index = ["logs-aws.cloudtrail-*"]"#, with: #"index = ["*"]"#)
    let rule = try scratch.write(query + "\ntimestamp_override = \"event.ingested\"\n", "override.toml")
    let hunt = try Binary(["hunt", "--no-builtin", "--rules", rule, "--format", "ndjson", events])
    #expect(hunt.status == 0, "\(hunt.errors)")
    #expect(try hunt.documents.count == 1)
  }

  @Test(
    "An @timestamp without a value is a missing one",
    arguments: [#""@timestamp":null,"#, #""@timestamp":[],"#, #""@timestamp":[null],"#])
  func valueless(time: String) throws {
    let event =
      "{\(time)\"event\":{\"id\":\"1\",\"action\":\"GetObject\",\"ingested\":\"2026-01-01T00:00:00Z\",\"dataset\":\"aws.cloudtrail\"}}"
    let events = try scratch.write(event + "\n", "null.ndjson")
    let hits = try scratch.write("{\"_id\":\"a\",\"_source\":\(event)}\n", "hits.ndjson")
    for file in [events, hits] {
      let run = try Binary(["search", "--format", "count", "event.id: 1", file])
      #expect(
        run.status == 0 && run.output == "1\n" && run.errors.contains("1 event has no @timestamp"), "\(run.errors)")
    }
  }

  @Test("A search writes to a file, whole or not at all, and never over its input")
  func outputFile() throws {
    let out = scratch.path + "/found.csv"
    let run = try Binary(["search", "-o", out, "*", file])
    #expect(run.status == 0 && run.output.isEmpty && run.errors.contains("matched"), "\(run.errors)")
    let shown = try Binary(["search", "--format", "csv", "*", file])
    #expect(try String(contentsOfFile: out, encoding: .utf8) == shown.output && shown.output.contains("GetObject"))
    let counts = scratch.path + "/counts.txt"
    #expect(try Binary(["search", "--output", counts, "--by", "event.action", "*", file]).status == 0)
    #expect(try String(contentsOfFile: counts, encoding: .utf8).contains("GetObject"))
    let over = try Binary(["search", "--format", "ndjson", "-o", file, "*", file])
    #expect(over.status == 64 && over.errors.contains("input"), "\(over.errors)")
    #expect(try Binary(["search", "-o", scratch.path + "/found.xyz", "*", file]).status == 64)
    #expect(try Binary(["search", "-o", scratch.path + "/no/found.csv", "*", file]).status == 64)
    #expect(try !FileManager.default.contentsOfDirectory(atPath: scratch.path).contains { $0.hasSuffix(".part") })
  }

  @Test(
    "A standard error that nobody takes ends nothing",
    arguments: ["2>/dev/full", "2>&-", "2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}"])
  func deafStandardError(redirection: String) throws {
    let runs: [(String, Int32)] = [("search --format count '*' '\(file)'", 0), ("hunt nothere.json", 1)]
    for (arguments, status) in runs {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-c", "'\(try Tool.path())' \(arguments) \(redirection)"]
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == status, "\(arguments) \(redirection)")
    }
  }

  @Test("A guide of beginnings without an end takes no time")
  func longGuide() throws {
    let note = String(repeating: "{{", count: 30_000)
    let rule = try scratch.write(Sample.rule + "\nnote = '\(note)'\n", "guide/rule.toml")
    let run = try Binary(["hunt", "--no-builtin", "--rules", rule, "--format", "csv", file], processorSeconds: 20)
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test("A field that no alert has is told with the name that was meant")
  func fieldOfAlerts() throws {
    let rule = try scratch.write(Sample.rule, "fields/rule.toml")
    let run = try Binary([
      "hunt", "--no-builtin", "--rules", rule, "--fields", "eventName", "--format", "csv", file,
    ])
    #expect(run.errors.contains("no alert has the field `eventName`; did you mean `event.action`?"), "\(run.errors)")
  }

  @Test("Null in the list of a time is passed over")
  func nullInTime() throws {
    let event = #"{"@timestamp":[null,"2026-01-01T00:00:00Z"],"event":{"id":"1","action":"GetObject"}}"#
    let run = try Binary(["search", "--format", "count", "event.id: 1", try scratch.write(event, "list.ndjson")])
    #expect(run.status == 0 && run.output == "1\n" && !run.errors.contains("no @timestamp"), "\(run.errors)")
  }

  @Test("A sound rule with a filter that is not supported is told by its cause, and is no bad input")
  func unsupportedFilter() throws {
    let filter = "\n[[rule.filters]]\nquery = { script = { source = \"true\" } }\nmeta = {}\n"
    _ = try scratch.write(Sample.rule, "filters/sound.toml")
    let other = Sample.rule.replacing("test-rule", with: "filtered-rule").replacing(
      "\nname = ", with: "\nname = \"F\" # ")
    let rule = try scratch.write(other + filter, "filters/filtered.toml")
    let run = try Binary([
      "hunt", "-v", "--no-builtin", "--rules", scratch.path + "/filters", "--format", "ndjson", file,
    ])
    #expect(run.status == 0 && run.errors.contains("script") && !run.errors.contains("wrong"), "\(run.errors)")
    #expect(try Binary(["rules", "show", "--rules", rule, "filtered-rule"]).output.contains("script"))
    #expect(try Binary(["rules", "list", "--no-builtin", "--rules", rule]).output.contains("not yet"))
  }

  @Test("A rule whose query counts from now runs, and its alert's query names the times")
  func relative() throws {
    let rule = try scratch.write(
      Sample.rule.replacing("event.action: GetObject", with: "event.action: GetObject and @timestamp >= now-5m"),
      "now.toml")
    let run = try Binary(["hunt", "--no-builtin", "--rules", rule, "--format", "ndjson", file])
    #expect(run.status == 0 && !run.errors.contains("take part"), "\(run.errors)")
    let check = try Binary(["rules", "check", rule])
    #expect(
      check.output.contains("1 runs") || check.output.contains("1 can run") || check.status == 0, "\(check.output)")
    for document in try run.documents {
      let query = document["martlet"]?["evidence"]?["query"]?.stringValue ?? ""
      #expect(query.contains("@timestamp >= \"20") && !query.contains("now-5m"), "\(query)")
    }
  }

  @Test("A rules path without a rule, or with other files only, is an error that says what is there")
  func rulesPath() throws {
    let none = try Scratch()
    let others = try Scratch()
    try others.write("a: b\n", "sub/a.yml")
    try others.write("words", "README.md")
    try others.write("[other]\n", "other.toml")
    for (path, words) in [
      (none.path, ["it is empty"]), (others.path, ["1 × .yml", "1 × .md"]),
    ] {
      for command in [["rules", "check", path], ["hunt", "--rules", path, file], ["rules", "lint", path]] {
        let run = try Binary(command)
        #expect(run.status == 1, "\(command): \(run.errors)")
        let said = run.errors + run.output
        #expect(said.contains("no rule in it"), "\(said)")
        for word in words { #expect(said.contains(word), "\(word): \(said)") }
      }
    }
    let named = try Binary(["rules", "check", others.path + "/sub/a.yml"])
    #expect(named.status == 1 && named.output.contains("no Sigma rule"))
    // Beside it, a path with rules is used.
    let run = try Binary(["hunt", "--format", "ndjson", "--rules", none.path, "--rules", rule, file])
    #expect(run.status == 1 && run.lines.count == 2)
  }

  @Test("Rules that cannot run are told once by cause with a count; -v names them, -q is quiet, and the status is 0")
  func unrunnable() throws {
    for number in 1...3 {
      try scratch.write(
        Sample.rule.replacing(#"type = "query""#, with: #"type = "esql""#).replacing("kuery", with: "esql")
          .replacing("event.action: GetObject", with: "FROM logs-* | LOOKUP JOIN t ON user.name")
          .replacing("test-rule", with: "eql-\(number)").replacing("Objects read", with: "Sequence \(number)"),
        "rules/eql\(number).toml")
    }
    let base = ["hunt", "--format", "ndjson", "--rules", scratch.path + "/rules", file]
    let run = try Binary(base)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("3 rules do not take part: The query looks things up in the table “t”"))
    #expect(!run.errors.contains("Sequence 1"))
    let verbose = try Binary(base + ["-v"])
    for number in 1...3 { #expect(verbose.errors.contains("Sequence \(number)")) }
    let quiet = try Binary(base + ["-q"])
    #expect(quiet.errors.isEmpty && quiet.output.split(separator: "\n").count == run.lines.count)
    #expect(try Binary(base + ["-q", "-v"]).status == 64)
    // Alone, they hunt nothing.
    let alone = try Binary(base + ["--no-builtin", "--rule", "eql-1"])
    #expect(alone.status == 2 && alone.errors.contains("no rule can run"))
  }

  @Test("A field that no event can have is told by every command, with the right name for one of CloudTrail")
  func unknownFields() throws {
    let words = ["eventName", "did you mean `event.action`?"]
    let wrong = try scratch.write(
      Sample.rule.replacing("event.action: GetObject", with: "eventName: GetObject"), "wrong/wrong.toml")
    for command in [
      ["search", "eventName: GetObject", file], ["search", "--by", "eventName", "*", file],
      ["normalize", "--fields", "eventName", file], ["hunt", "--rules", wrong, file], ["rules", "check", wrong],
      ["explain", "--rules", wrong, "--rule", "test-rule", "--event", "00000000-0000-0000-0000-000000000002", file],
    ] {
      let run = try Binary(command)
      #expect(run.status == 0, "\(command): \(run.errors)")
      for word in words { #expect((run.errors + run.output).contains(word), "\(command): \(run.errors)") }
    }
    func meant(_ name: String) throws -> String { try Binary(["search", "\(name): x", file]).errors }
    #expect(try meant("userIdentity.arn").contains("`aws.cloudtrail.user_identity.arn`"))
    #expect(try meant("requestParameters.roleName").contains("`aws.cloudtrail.flattened.request_parameters.roleName`"))
    #expect(try meant("sourceIPAddress").contains("`source.address`"))
    // A field that the data has after all is no mistake.
    let own = try scratch.write(
      #"{"@timestamp":"2026-01-01T00:00:00Z","shop":{"basket":"7"},"event":{"action":"x"}}"#, "own.ndjson")
    let run = try Binary(["search", "shop.basket: 7", own])
    #expect(run.status == 0 && run.lines.count == 1 && !run.errors.contains("warning"), "\(run.errors)")
  }

  @Test("A search ends with what it read and matched, and over which span")
  func searchEnds() throws {
    let run = try Binary(["search", "event.action: GetObject", file])
    #expect(run.errors.contains("2 events in 1 file, 2026-01-01T00:03:00.000Z to 2026-01-01T00:04:00.000Z; 1 matched"))
    #expect(try Binary(["search", "-q", "*", file]).errors.isEmpty)
    let none = try Binary(["search", "event.action: nothing", file])
    #expect(none.status == 0 && none.errors.contains("0 matched"))
  }

  @Test("A wrong command, and a wrong name of a rule, are answered with the right one")
  func suggestions() throws {
    for (arguments, words) in [
      (["hutn", file], "“martlet hunt”"), (["rules", "chekc"], "“martlet rules check”"),
      (["check", "x"], "“martlet rules check”"), (["help", "serch"], "“martlet search”"),
      (["rules", "show", "iam_asume_role_policy_update"], "AWS IAM Assume Role Policy Update"),
    ] {
      let run = try Binary(arguments)
      #expect(run.status == 64 && run.errors.contains(words), "\(arguments): \(run.errors)")
    }
    let usage = try Binary(["rules", "show", "no such rule"])
    #expect(usage.errors.contains("Usage: martlet rules show <rule>"), "\(usage.errors)")
  }

  @Test("Rules are found by file, start of an id and part of a name; several that fit are told with their files")
  func findingRules() throws {
    for pick in [
      "iam_assume_role_policy_update.toml", "iam_assume_role_policy_update", "assume role policy",
      "policy assume update",
    ] {
      let run = try Binary(["rules", "show", pick])
      #expect(run.status == 0 && run.output.contains("AWS IAM Assume Role Policy Update"), "\(pick): \(run.errors)")
    }
    #expect(try Binary(["rules", "show", "--rules", rule, "test-r"]).output.contains("Objects read"))
    let twin = try scratch.write(Sample.rule.replacing("test-rule", with: "twin-rule"), "rules/twin.toml")
    let several = try Binary(["rules", "show", "--rules", scratch.path + "/rules", "Objects read"])
    #expect(several.status == 64, "\(several.output)")
    for word in [rule, twin, "test-rule", "twin-rule"] { #expect(several.errors.contains(word)) }
    let table = try Binary(["hunt", "--format", "table", "--rules", scratch.path + "/rules", file])
    let list = try Binary(["rules", "list", "--rules", scratch.path + "/rules"])
    for path in [rule, twin] {
      #expect(table.output.contains("Objects read (\(path))") && list.output.contains("Objects read (\(path))"))
    }
    let check = try Binary(["rules", "check", rule])
    #expect(check.output.contains("1 file, 1 rule, 1 can run; 0 errors"), "\(check.output)")
  }
}
