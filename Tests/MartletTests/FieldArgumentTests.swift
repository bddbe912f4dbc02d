import Foundation
import JSON
import TestSupport
import Testing

/// Objects, patterns and multi-fields where fields are named, and times that are given as dates.
struct FieldArgumentTests {
  private let scratch: Scratch
  private let file: String
  private let hunt: [String]

  init() throws {
    scratch = try Scratch()
    file = try scratch.write(Sample.records, "logs/trail.json")
    let rule = try scratch.write(Sample.rule, "rule.toml")
    hunt = ["hunt", "--no-builtin", "--rules", rule]
  }

  private func csv(_ run: Binary) -> [[String]] {
    run.output.split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test("A query that begins with a minus is refused with where to put it, and taken there")
  func minus() throws {
    let event = #"{"@timestamp":"2026-01-01T00:00:00Z","event":{"id":"ID"},"user":{"name":"NAME"}}"# + "\n"
    let file = try scratch.write(
      event.replacing("ID", with: "1").replacing("NAME", with: "root")
        + event.replacing("ID", with: "2").replacing("NAME", with: "eve"), "minus.ndjson")
    let options = ["search", "--language", "lucene", "--format", "count"]
    let refused = try Binary(options + ["-user.name:root", file])
    #expect(refused.status == 64 && refused.errors.contains("-- '-user.name:root' FILE"), "\(refused.errors)")
    let taken = try Binary(options + ["--", "-user.name:root", file])
    #expect(taken.status == 0 && taken.output == "1\n", "\(taken.errors)")
    #expect(!(try Binary(["search", "--no-such", "user.name: root", file]).errors.contains("stands behind")))
  }

  @Test("An object or a pattern among fields shows the fields that events have there")
  func opened() throws {
    for name in ["user", "user.*"] {
      let table = csv(try Binary(["search", "--format", "csv", "--fields", "event.action,\(name)", "*", file]))
      #expect(table.first?.first == "event.action" && table.first?.contains("user.name") == true, "\(table)")
      #expect(table.first?.contains(name) == false, "\(table)")
      let place = try #require(table.first?.firstIndex(of: "user.name"))
      #expect(table.dropFirst().map { $0[place] } == ["eve", "bob"])
      let line = try #require(try Binary(["search", "--format", "ndjson", "--fields", name, "*", file]).documents.last)
      #expect(line["user.name"] == "bob" && line[name] == nil)
      let alerts = csv(try Binary(hunt + ["--format", "csv", "--fields", "id,\(name)", file]))
      #expect(alerts.first?.contains("user.name") == true && alerts.count == 2, "\(alerts)")
    }
    let word = try Binary(["search", "--format", "csv", "--fields", "user.name.text", "*", file])
    #expect(csv(word).dropFirst().map(\.first) == ["eve", "bob"])
  }

  @Test("A pattern or an object of which events have no field is told, with what was meant")
  func nothingOpened() throws {
    for command in [
      ["search", "--fields", "usr.*", "*"], ["search", "usr.*: x"], ["normalize", "--fields", "usr.*"],
    ] {
      let run = try Binary(command + [file])
      #expect(run.status == 0 && run.errors.contains("`usr.*`") && run.errors.contains("`user.*`"), "\(run.errors)")
    }
    let search = try Binary(["search", "event.acton*: x", file])
    #expect(search.errors.contains("`event.acton*`; did you mean `event.action*`?"), "\(search.errors)")
    #expect(try !Binary(["search", "event.action*: x", file]).errors.contains("warning"))
    let hunted = try Binary(hunt + ["--format", "csv", "--fields", "email,usr.*", file])
    #expect(hunted.errors.contains("no alert has a field that matches `usr.*`"), "\(hunted.errors)")
    let odd = try scratch.write(
      #"{"@timestamp":"2026-01-01T00:00:00Z","event":{"id":"1"},"okta":{"acton":"x"}}"#, "okta.ndjson")
    let met = try Binary(["search", "--format", "count", "okta.act*: x", odd])
    #expect(met.output == "1\n" && !met.errors.contains("warning"), "\(met.errors)")
    let rule = try scratch.write(
      Sample.rule.replacing("event.action: GetObject", with: "event.acton*: GetObject"), "p.toml")
    let check = try Binary(["rules", "check", rule])
    #expect(check.output.contains("`event.acton*`; did you mean `event.action*`?"), "\(check.output)")
  }

  @Test("Nothing is counted or sorted by an object or a pattern, and the fields that may be meant are named")
  func refused() throws {
    for option in ["--by", "--sort"] {
      for name in ["user", "user.*"] {
        for command in [["search", option, name, "*", file], hunt + [option, name, file]] {
          let run = try Binary(command)
          #expect(run.status == 64 && run.output.isEmpty && run.errors.contains("user.name"), "\(run.errors)")
        }
      }
    }
    // Data may have a value in place of an object.
    let events = try scratch.write(
      #"{"@timestamp":"2026-01-01T00:00:00Z","event":{"id":"1"},"user":"kim"}"#, "plain.ndjson")
    let counted = try Binary(["search", "--by", "user", "--format", "ndjson", "*", events])
    #expect(try counted.documents.map { $0["user"] } == ["kim"], "\(counted.errors)")
  }

  @Test(
    "A date at --to is its whole day, and a month all of it",
    arguments: [
      ("2026-01-01", 2), ("2025-12-31", 0), ("2026-01", 2), ("2026", 2), ("2026-01-01T00:03", 1), ("2026-01-01||/d", 2),
      ("2026-01-01T00:03:00Z", 1), ("2026-01-01||", 0),
    ])
  func lastDay(to: String, count: Int) throws {
    let run = try Binary(["search", "--format", "count", "--to", to, "*", file])
    #expect(run.output == "\(count)\n", "\(run.errors)")
    guard ["2026-01-01", "2026-01"].contains(to) else { return }
    let alerts = try Binary(hunt + ["--to", to, "--format", "ndjson", file])
    #expect(alerts.status == 0 && alerts.lines.count == 1, "\(alerts.errors)")
    #expect(try Binary(["search", "--from", to, "--to", to, "--format", "count", "*", file]).output == "2\n")
  }

  @Test("A file from an earlier run stays as it was where nothing was read")
  func keptFiles() throws {
    let blank = try scratch.write("", "blank.json")
    for (command, name) in [(hunt, "a.csv"), (["search", "*"], "b.csv"), (["report"], "c.csv"), (hunt, "d.html")] {
      let out = try scratch.write("<!-- Martlet report --> earlier", name)
      let run = try Binary(command + ["-o", out, blank])
      #expect(run.status == 2 && run.errors.contains("is left as it was"), "\(command): \(run.errors)")
      #expect(try String(contentsOfFile: out, encoding: .utf8) == "<!-- Martlet report --> earlier")
    }
    let none = try Scratch()
    let rules = try scratch.write("earlier", "rules.ndjson")
    let convert = try Binary(["rules", "convert", "--to", "ndjson", "--overwrite", "--out", rules, none.path])
    #expect(convert.status != 0)
    #expect(try String(contentsOfFile: rules, encoding: .utf8) == "earlier")
  }

  @Test("What an option's file is, and what filters leave, is said in words")
  func words() throws {
    let folder = try Binary(["search", "--mapping", scratch.path, "*", file])
    #expect(folder.status == 1 && folder.errors.contains("it is a folder"), "\(folder.errors)")
    let missing = try Binary(["search", "--mapping", scratch.path + "/none.json", "*", file])
    #expect(missing.status == 1 && missing.errors.contains("there is no such file"), "\(missing.errors)")
    // Of a type that is not supported it is not said that Elasticsearch refuses it.
    let mapping = try scratch.write(#"{"properties":{"ir":{"type":"integer_range"}}}"#, "ranges.json")
    let range = try Binary(["search", "--language", "lucene", "--mapping", mapping, "ir:5", file])
    #expect(range.errors.contains("the query is refused.\n") && range.errors.contains("`ir` cannot be searched here"))
    let original = try Binary(["search", "event.original: x", file])
    #expect(original.errors.contains("as Elasticsearch would refuse it"), "\(original.errors)")
    let filtered = try Binary(hunt + ["--min-severity", "critical", file])
    #expect(filtered.errors.contains("--min-severity critical leaves none of 1 rule"), "\(filtered.errors)")
    let refused = try scratch.write(Sample.rule.replacing("event.action: GetObject", with: "source.ip: 10.*"), "r.toml")
    let check = try Binary(["rules", "check", refused])
    #expect(check.output.contains("takes no part: Elasticsearch refuses"), "\(check.output)")
    let future = try scratch.write(
      Sample.records.replacing("2026-01-01T00:03", with: "2026-03-01T00:03"), "future.json")
    let odd = try Binary(["search", "--now", "2026-01-02T00:00:00Z", "*", future])
    #expect(odd.errors.contains("1 event lies in the year 2026, more than a day after now"), "\(odd.errors)")
  }
}
