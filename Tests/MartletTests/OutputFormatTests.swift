import Foundation
import JSON
import TestSupport
import Testing

struct OutputFormatTests {
  private let scratch: Scratch
  private let file: String
  private let fixed: [String]

  init() throws {
    scratch = try Scratch()
    file = try scratch.write(Sample.records, "trail.json")
    let rule = try scratch.write(Sample.rule, "rule.toml")
    fixed = ["hunt", "--now", "2026-02-01T00:00:00Z", "--rules", rule]
  }

  private func hunt(_ format: String) throws -> Binary {
    let hunt = try Binary(fixed + ["--format", format, file])
    #expect(hunt.status == 0, "\(hunt.errors)")
    return hunt
  }

  @Test("Every format has the same alerts")
  func sameAlerts() throws {
    let alerts = try hunt("ndjson").documents
    #expect(alerts.count == 2)
    #expect(try JSONValue(parsing: try hunt("json").output) == .array(alerts))
    let ids = alerts.compactMap { $0["kibana.alert.uuid"]?.stringValue }
    let rows = try hunt("csv").output.split(separator: "\r\n")
    #expect(rows.dropFirst().map { String($0.prefix(64)) } == ids)
    let markdown = try hunt("markdown").output
    for id in ids { #expect(markdown.contains("`\(id)`")) }
  }

  @Test("A hunt without alerts is an empty array, a header, a table without rows")
  func noAlerts() throws {
    let quiet = try scratch.write("", "quiet.json")
    func output(_ format: String) throws -> String { try Binary(["hunt", "--format", format, quiet]).output }
    #expect(try JSONValue(parsing: try output("json")) == [])
    #expect(try output("csv").split(separator: "\r\n").count == 1)
    #expect(try output("markdown").contains("no alerts"))
  }

  @Test("A report is written beside the alerts, and an earlier one replaced")
  func report() throws {
    let page = scratch.path + "/out.html"
    var texts: Set<String> = []
    for _ in 0..<2 {
      let run = try Binary(fixed + ["--format", "ndjson", "--report", page, file])
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.lines.count == 2)
      texts.insert(try String(contentsOfFile: page, encoding: .utf8))
    }
    // The same hunt makes the same page.
    #expect(texts.count == 1)
    let text = try #require(texts.first)
    #expect(text.hasPrefix("<!DOCTYPE html>"))
    #expect(text.contains("<h1>2 alerts<span> in 2 events</span></h1>"))
    #expect(text.contains("AWS IAM Assume Role Policy Update"))
    #expect(text.contains("2026-01-01 00:03:00"))
  }

  @Test("A report says what could not be read, and that nothing was found")
  func reportOfTrouble() throws {
    let page = scratch.path + "/out.html"
    let broken = try scratch.write("{\"eventTime\": nonsense}\n", "broken<b>.json")
    let run = try Binary(["hunt", "--report", page, broken])
    #expect(run.status == 1)
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.contains("broken&lt;b&gt;.json: record 1"))
    #expect(text.contains("<h1>Nothing was hunted<span>: 1 file holds no event</span></h1>"))
    #expect(text.contains("1 piece of the input could not be read"))
  }

  @Test("A report never takes the place of anything but a report")
  func reportRefused() throws {
    for place in [file, scratch.path, scratch.path + "/nowhere/out.html", "/dev/null"] {
      let run = try Binary(["hunt", "--report", place, file])
      #expect(run.status == 64, "\(place)")
      #expect(run.output.isEmpty)
      #expect(run.errors.contains("no report can be written"))
    }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == Sample.records)
  }

  @Test("One alert is shown by its id or the start of it, from a file or a pipe, as text, JSON or Markdown")
  func show() throws {
    let ndjson = try hunt("ndjson")
    let saved = try scratch.write(ndjson.output, "alerts.ndjson")
    let alert = try #require(try ndjson.documents.first { $0["user"]?["name"] == "eve" })
    let id = try #require(alert["kibana.alert.uuid"]?.stringValue)
    for run in try [
      Binary(["show", id, saved]), Binary(["show", String(id.prefix(8)), saved]),
      Binary(["show", id], input: ndjson.output),
      Binary(["show", id, "-"], input: try hunt("json").output),
    ] {
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.contains("AWS IAM Assume Role Policy Update"))
      #expect(run.output.contains("arn:aws:iam::111122223333:user/eve"))
      #expect(run.output.contains("Investigation guide"))
      #expect(!run.output.contains("\u{1B}"))
    }
    #expect(try Binary(["show", "--format", "json", id, saved]).documents == [alert])
    #expect(
      try Binary(["show", "--format", "markdown", id, saved]).output.hasPrefix("# AWS IAM Assume Role Policy Update\n"))
  }

  @Test("An alert that is not there, and a start that several share, end with status 1 and say so")
  func showNothing() throws {
    func line(_ id: String) -> String { #"{"kibana.alert.uuid":"\#(id)","kibana.alert.rule.name":"Rule \#(id)"}"# }
    let saved = try scratch.write(
      [line("abc1"), line("abc2"), line("abc"), "{\"torn\"", line("x")].joined(separator: "\n"), "a")
    let several = try Binary(["show", "ab", saved])
    #expect(several.status == 1)
    #expect(several.output.isEmpty)
    for words in ["3 alerts have ids", "abc1", "Rule abc2", "line 4"] { #expect(several.errors.contains(words)) }
    let none = try Binary(["show", "zz", saved])
    #expect(none.status == 1)
    #expect(none.errors.contains("no alert has an id that starts with “zz”"))
    // A whole id counts even where it begins others; the torn line still costs the status.
    let whole = try Binary(["show", "abc", saved])
    #expect(whole.status == 1)
    #expect(whole.output.contains("Rule abc\n") || whole.output.contains("Rule abc "))
    #expect(try Binary(["show", "abc", scratch.path + "/none"]).status == 1)
    #expect(try Binary(["show", "", saved]).status == 64)
    #expect(try Binary(["show"]).status == 64)
  }
}
