import Foundation
import Rules
import TestSupport
import Testing

/// What is wrong with detections and mappings is told by the names that a person wrote, where they stand.
struct SigmaFaultTests {
  private static func load(_ detection: String) -> RuleLoadResult {
    RuleLoader.load(
      text: "title: t\nlogsource: { product: windows, category: process_creation }\ndetection:\n  s: \(detection)\n"
        + "  condition: s\n", file: "r.yml")
  }

  @Test(
    "A fault names the field as the rule does, and the cause",
    arguments: [
      ("{ Image|fieldref: 'a*' }", "`Image|fieldref` refers to a field by a text with a wildcard"),
      ("{ CommandLine|hour: 10.5 }", "`hour` in `CommandLine|hour` takes whole numbers, and 10.5 is none"),
      ("{ Image|fieldref|cased: ParentImage }", "`cased` in `Image|fieldref|cased` does not take a field"),
      ("{ Image|odd: a }", "modifier `odd` in `Image|odd`"),
    ])
  func names(detection: String, words: String) {
    let errors = Self.load(detection).diagnostics.filter { $0.severity == .error }
    #expect(errors.count == 1 && errors[0].message.contains(words) && errors[0].line == 4, "\(errors)")
  }

  @Test("A field that events have in parts alone is not compared with another, and the rule says so")
  func parts() throws {
    let rule = try #require(Self.load("{ User|fieldref: Company }").rules.first?.rule)
    #expect(rule.runnability.reason?.contains("`User` in parts, user.domain, user.name") == true)
    let hashes = Self.load("{ Hashes|fieldref: Image }")
    #expect(hashes.rules.first?.rule.runnability.reason == nil)
    #expect(
      hashes.diagnostics.contains { $0.message.contains("`Hashes` only `winlog.event_data.Hashes` is compared") },
      "\(hashes.diagnostics)")
  }

  @Test("A title that is no text is told as such")
  func title() {
    let loaded = RuleLoader.load(
      text: "title: [ a ]\nlogsource: { product: aws }\ndetection: { s: { a: 1 }, condition: s }\n", file: "r.yml")
    #expect(loaded.diagnostics.map(\.message) == ["`title` must be a text, and is a list."], "\(loaded.diagnostics)")
  }

  @Test("A rule without a description has its title for one, and is told")
  func description() throws {
    let loaded = Self.load("{ Image: a }")
    #expect(try #require(loaded.rules.first?.rule).description == "t")
  }

  @Test(
    "What a mapping says wrongly is told at its place, also where no rule uses it",
    arguments: [
      ("    conditions: { a|odd: b }", 4, "unknown modifier `odd`"),
      ("    conditions: { a|re: '(' }", 4, "cannot be read"),
      ("    fields: { query: [ a, 5 ] }", 4, "here is a number"), ("    fields: { query: '' }", 4, "empty"),
      ("    fields: [ a ]", 4, "`fields` must be a map"),
      (
        "placeholders: { A: [ [ x ] ] }", 4, "the placeholder `A` must be a value or a list of values, and holds a list"
      ),
      ("placeholders: [ a ]", 4, "`placeholders` must be a map"),
    ])
  func mapping(line: String, number: Int, words: String) throws {
    try Self.expectFault("mappings:\n  - logsource: { product: x }\n    index: [ a ]\n\(line)\n", number, words)
  }

  @Test("Mappings are a list")
  func list() throws {
    try Self.expectFault("mappings: {}\n", 1, "`mappings` must be a list, and is a map")
  }

  private static func expectFault(_ text: String, _ line: Int, _ words: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(text, "mapping.yml")
    do throws(SigmaSettingsFault) {
      _ = try SigmaSettings.standard.adding(files: [file])
      Issue.record("nothing is told of \(text)")
    } catch {
      let told = error.diagnostic
      #expect(told.line == line && told.file == file && "\(told)".localizedCaseInsensitiveContains(words), "\(told)")
    }
  }
}
