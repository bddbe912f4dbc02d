import Foundation
import JSON
import TestSupport
import Testing

struct RulesAsCodeTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: scratch.path + "/" + name, encoding: .utf8)
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/" + folder).sorted()
  }

  @Test("A file is laid out once, and a check says what would change by status and name")
  func format() throws {
    let file = try scratch.write("# mine\n\n" + Sample.rule + "\nauthor=['me'] # myself\n", "rules/rule.toml")
    let check = try Binary(["rules", "fmt", "--check", scratch.path])
    #expect(check.status == 1 && check.output == file + "\n")
    #expect(try text("rules/rule.toml").contains("author=['me']"))
    let run = try Binary(["rules", "fmt", scratch.path])
    #expect(run.status == 0 && run.output == file + "\n")
    #expect(try text("rules/rule.toml").hasPrefix("# mine\n\n[rule]\nrule_id = \"test-rule\"\n"))
    #expect(try text("rules/rule.toml").contains("\nauthor = [\"me\"] # myself\n"))
    let again = try Binary(["rules", "fmt", "--check", scratch.path])
    #expect(again.status == 0 && again.output.isEmpty)
    try scratch.write("[rule]\nname = \n", "rules/broken.toml")
    let broken = try Binary(["rules", "fmt", scratch.path])
    #expect(broken.status == 1 && broken.errors.contains("broken.toml:2:"))
  }

  @Test("The rules that ship are laid out, need no lint, and go through NDJSON and back byte by byte")
  func shipped() throws {
    let rules = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Rules").path
    let format = try Binary(["rules", "fmt", "--check", rules])
    #expect(format.status == 0, "martlet rules fmt Rules lays these out:\n\(format.output)")
    let lint = try Binary(["rules", "lint", rules])
    #expect(lint.status == 0, "\(lint.output)")
    let export = try Binary(["rules", "convert", "--to", "ndjson", "--out", scratch.path + "/all.ndjson", rules])
    #expect(export.status == 0, "\(export.errors)")
    let back = try Binary([
      "rules", "convert", "--to", "toml", "--out", scratch.path + "/back", scratch.path + "/all.ndjson",
    ])
    #expect(back.status == 0, "\(back.errors)")
    var sources: Set<String> = []
    for case let name as String in try #require(FileManager.default.enumerator(atPath: rules))
    where name.hasSuffix(".toml") {
      sources.insert(Self.withoutHeadComments(try String(contentsOfFile: rules + "/" + name, encoding: .utf8)))
    }
    let written = Set(try names("back").map { try text("back/" + $0) })
    #expect(written == sources)
  }

  /// A rule's text without what its file says to readers, which NDJSON has no room for.
  private static func withoutHeadComments(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.drop { $0.hasPrefix("#") || $0.isEmpty }.joined(separator: "\n")
  }

  @Test("Converting writes over nothing, and says what it did not write")
  func convert() throws {
    let rule = try scratch.write(Sample.rule, "rules/rule.toml")
    let line = try Binary(["rules", "convert", "--to", "ndjson", rule])
    #expect(line.status == 0)
    #expect(try line.documents.first?["rule_id"] == "test-rule")
    #expect(try line.documents.last?["exported_rules_count"] == 1)
    let ndjson = try scratch.write(line.output, "all.ndjson")
    #expect(try Binary(["rules", "convert", "--to", "toml", ndjson]).output.contains("name = \"Objects read\"\n"))
    let to = ["rules", "convert", "--to", "toml", "--out", scratch.path + "/out", ndjson]
    #expect(try Binary(to).output == scratch.path + "/out/objects_read.toml\n")
    #expect(try Binary(to).status == 0)
    try scratch.write("mine", "out/objects_read.toml")
    let refused = try Binary(to)
    #expect(refused.status == 1 && refused.errors.contains("objects_read.toml"))
    #expect(try text("out/objects_read.toml") == "mine")
    #expect(try Binary(to + ["--overwrite"]).status == 0)
    #expect(try text("out/objects_read.toml").contains("test-rule"))
    let onto = try Binary(["rules", "convert", "--to", "ndjson", "--out", ndjson, rule])
    #expect(onto.status == 1)
    #expect(try text("all.ndjson") == line.output)
    #expect(try Binary(["rules", "convert", "--to", "ndjson", "--out", scratch.path, rule]).status == 64)
  }

  @Test("A rule is started with its tests, which hold; both say what is to be filled in; nothing is written over")
  func new() throws {
    for type in ["query", "new_terms"] {
      let stem = scratch.path + "/\(type)/iam_user_created"
      let run = try Binary(["rules", "new", "--type", type, stem])
      #expect(run.status == 0 && run.lines == [stem + ".toml", stem + ".test.yaml"], "\(run.errors)")
      let check = try Binary(["rules", "check", stem + ".toml"])
      #expect(check.status == 0 && check.output.contains("`query` still holds the word TODO"))
      #expect(try Binary(["rules", "test", stem + ".toml"]).status == 0)
      #expect(try Binary(["rules", "fmt", "--check", stem + ".toml"]).status == 0)
      let lint = try Binary(["rules", "lint", stem + ".toml"])
      #expect(lint.status == 0 && lint.output.contains("iam_user_created.test.yaml:3:1"))
      #expect(!lint.output.contains("test-missing"))
      #expect(try Binary(["rules", "lint", "--strict", stem + ".toml"]).status == 1)
    }
    let before = try text("query/iam_user_created.toml")
    #expect(try Binary(["rules", "new", scratch.path + "/query/iam_user_created.toml"]).status == 1)
    #expect(try text("query/iam_user_created.toml") == before)
    try scratch.write("mine", "query/s3_bucket_deleted.test.yaml")
    #expect(try Binary(["rules", "new", scratch.path + "/query/s3_bucket_deleted"]).status == 1)
    #expect(
      try names("query") == ["iam_user_created.test.yaml", "iam_user_created.toml", "s3_bucket_deleted.test.yaml"])
    #expect(try Binary(["rules", "new", "a/"]).status == 64)
    let stem = scratch.path + "/full/s3_bucket_deleted"
    let full = ["--provider", "s3.amazonaws.com", "--action", "DeleteBucket", "--name", "AWS S3 Bucket \"Deleted\""]
    #expect(try Binary(["rules", "new"] + full + [stem]).status == 0)
    #expect(try text("full/s3_bucket_deleted.toml").contains("event.action: \"DeleteBucket\""))
    #expect(try Binary(["rules", "test", stem + ".toml"]).status == 0)
  }

  @Test("Lint and check both end in 1 for a query that cannot be read")
  func unreadableQuery() throws {
    let rule = try scratch.write(
      Sample.rule.replacing("event.action: GetObject", with: "event.action: (GetObject"), "s3_objects_read.toml")
    let (lint, check) = (try Binary(["rules", "lint", rule]), try Binary(["rules", "check", rule]))
    #expect(lint.status == 1 && check.status == 1)
    #expect(lint.output.contains("[query-unreadable]") && lint.output.contains("1 error"), "\(lint.output)")
  }

  @Test("Lint as JSON has the keys that tools rely on; a rule without tests is told")
  func lintJSON() throws {
    let rule = try scratch.write(
      Sample.rule.replacing("event.action: GetObject", with: "event.action: (a and b)"), "s3_objects_read.toml")
    let run = try Binary(["rules", "lint", "--format", "json", rule])
    #expect(run.status == 1)
    let report = try #require(try run.documents.first)
    #expect(report["rules"] == 1 && report["errors"] == 1)
    let findings = try #require(report["findings"]?.arrayValue)
    #expect(
      findings.allSatisfy {
        $0.objectValue?.keys.sorted() == ["check", "column", "file", "level", "line", "message", "rule_id"]
      })
    let never = try #require(findings.first { $0["check"] == "query-never" })
    #expect(never["level"] == "error" && never["line"] == 10)
    #expect(findings.contains { $0["check"] == "test-missing" })
    try scratch.write("tests: []", "s3_objects_read.test.yaml")
    #expect(try !Binary(["rules", "lint", rule]).output.contains("test-missing"))
  }
}
