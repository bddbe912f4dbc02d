import Foundation
import Rules
import TestSupport
import Testing

@Suite("Laying rule files out")
struct RuleFormatterTests {
  private func format(_ text: String) -> String {
    guard case .changed(let formatted) = RuleFormatter.format(Array(text.utf8), file: "r.toml") else { return text }
    return formatted
  }

  private static let messy = """
    # The file's own comment.

    # About the threat.
    [[rule.threat]] # why
    tactic = { id = "TA0001", name = "Initial Access" }   # inline stays
    framework   =   "MITRE ATT&CK"
    # after the last key

    # About the rule.
    [rule]
    query = "a: \\"b\\"\\nand c: d"   # the query
    odd_key = 0x1F

    # Two lines of
    # comment.
    severity = 'low'
    "risk_score" = +21
    tags = [
      # first of all
      "one", # the one
      "two",
      # nothing more
    ]
    name = 'n'

    # The end.

    """

  @Test("Comments stay with what they stand before or behind")
  func comments() {
    let wanted = """
      # The file's own comment.

      # About the rule.
      [rule]
      name = "n"
      tags = [
          # first of all
          "one", # the one
          "two",
          # nothing more
      ]
      # Two lines of
      # comment.
      severity = "low"
      risk_score = +21
      query = '''
      a: "b"
      and c: d''' # the query
      odd_key = 0x1F

      # About the threat.
      [[rule.threat]] # why
      framework = "MITRE ATT&CK"
      tactic = { id = "TA0001", name = "Initial Access" } # inline stays
      # after the last key

      # The end.

      """
    #expect(format(Self.messy) == wanted, "\(format(Self.messy))")
    #expect(format(wanted) == wanted)
  }

  @Test("Line ends become line feeds, a byte order mark goes, and blank lines between keys go")
  func whitespace() {
    let text = "\u{FEFF}[rule]\r\nname = \"n\"\r\n\r\n\r\n  severity = \"low\"\r\nnote = '''\r\na\r\nb'''\r\n"
    #expect(format(text) == "[rule]\nname = \"n\"\nseverity = \"low\"\nnote = \"\"\"\na\nb\"\"\"\n")
  }

  @Test(
    "Whatever a file holds, it says the same afterwards, keeps its comments, and is laid out only once",
    arguments: 1...300 as ClosedRange<UInt64>)
  func random(seed: UInt64) throws {
    var source = MessyTOML(seed)
    let text = source.text()
    let before = RuleLoader.load(text: text, file: "r.toml")
    #expect(before.rules.count == 1, "seed \(seed)\n\(before.diagnostics)\n\(text)")
    let once = format(text)
    let after = RuleLoader.load(text: once, file: "r.toml")
    #expect(after.rules.first?.rule == before.rules.first?.rule, "seed \(seed)\n\(text)\n---\n\(once)")
    #expect(format(once) == once, "seed \(seed)\n\(once)\n---\n\(format(once))")
    for comment in source.comments {
      #expect(once.contains(comment), "seed \(seed): \(comment)\n\(text)\n---\n\(once)")
    }
  }

  @Test("A broken file is refused with its place; one without a rule is no rule file")
  func refused() {
    guard case .failed(let diagnostic) = RuleFormatter.format(Array("[rule]\nname = \n".utf8), file: "r.toml") else {
      Issue.record("the file was laid out")
      return
    }
    #expect(diagnostic.line == 2 && diagnostic.file == "r.toml")
    #expect(RuleFormatter.format(Array("[tool]\nx = 1\n".utf8), file: "p.toml") == .noRule)
    #expect(format("name=\"n\"\ntype='query'\nrule_id=\"x\"\n") == "rule_id = \"x\"\nname = \"n\"\ntype = \"query\"\n")
  }

  @Test("Files are written only where something changes, at once, through links, and keep their mode")
  func files() throws {
    let directory = try Scratch()
    let neat = try directory.write("[rule]\nname = \"n\"\n", "neat.toml")
    let messy = try directory.write("[rule]\nseverity=\"low\"\nname='n'\n", "in/messy.toml")
    _ = try directory.write("x=1\n", "other.toml")
    try FileManager.default.createSymbolicLink(
      atPath: directory.path + "/link.toml", withDestinationPath: "in/messy.toml")
    chmod(messy, 0o640)
    let checked = RuleFormatter.run(paths: [directory.path], writes: false)
    #expect(checked.changed == [messy] && checked.files == 2 && !checked.hasErrors)
    #expect(try String(contentsOfFile: messy, encoding: .utf8).contains("name='n'"))
    let age = try FileManager.default.attributesOfItem(atPath: neat)[.systemFileNumber] as? Int
    #expect(RuleFormatter.run(paths: [directory.path + "/link.toml", neat], writes: true).changed.count == 1)
    #expect(try String(contentsOfFile: messy, encoding: .utf8) == "[rule]\nname = \"n\"\nseverity = \"low\"\n")
    #expect(try FileManager.default.attributesOfItem(atPath: messy)[.posixPermissions] as? Int == 0o640)
    #expect(try FileManager.default.attributesOfItem(atPath: neat)[.systemFileNumber] as? Int == age)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: directory.path + "/link.toml") == "in/messy.toml")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path + "/in") == ["messy.toml"])
    #expect(RuleFormatter.run(paths: [directory.path], writes: true).changed.isEmpty)
    #expect(RuleFormatter.run(paths: [directory.path + "/other.toml"], writes: true).hasErrors)
  }
}
