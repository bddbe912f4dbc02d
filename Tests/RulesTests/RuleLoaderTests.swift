import Foundation
import Rules
import TestSupport
import Testing

@Suite("Loading files and directories")
struct RuleLoaderTests {
  private func rule(_ id: String) -> String { Samples.small("rule_id", "\"\(id)\"") }

  @Test("Directories are read through in order of names, each file once, whatever links say")
  func directories() throws {
    let directory = try Scratch()
    let second = try directory.write(rule("2"), "b.toml")
    _ = try directory.write(rule("1"), "a/z.toml")
    _ = try directory.write(rule("0"), "_deprecated/old.toml")
    _ = try directory.write("x: y", "b.test.yaml")
    _ = try directory.write("x", "README.md")
    _ = try directory.write(rule("h"), ".hidden/h.toml")
    _ = try directory.write(#"{"rule_id":"3","name":"n","type":"query","severity":"low","risk_score":1}"#, "c.ndjson")
    _ = try directory.write(#"{"private":true}"#, "package.json")
    _ = try directory.write("[tool]\nx = 1", "other.toml")
    let files = FileManager.default
    try files.createSymbolicLink(atPath: directory.path + "/a/loop", withDestinationPath: directory.path)
    try files.createSymbolicLink(atPath: directory.path + "/again.toml", withDestinationPath: second)
    try files.createSymbolicLink(atPath: directory.path + "/gone.toml", withDestinationPath: "/nowhere/at/all")

    let result = RuleLoader.load(paths: [directory.path, second, directory.path + "/"])
    #expect(result.rules.map(\.rule.ruleID) == ["0", "1", "2", "3"])
    #expect(result.files == 6)
    let said = result.diagnostics.map { "\($0.severity.rawValue) \(($0.file as NSString).lastPathComponent)" }
    #expect(said == ["error gone.toml", "warning other.toml", "warning package.json"], "\(result.diagnostics)")
  }

  @Test("A path that is named itself must be a rule file")
  func named() throws {
    let directory = try Scratch()
    let paths = [
      directory.path + "/none.toml", try directory.write("x", "a.yaml"), try directory.write("[tool]\nx = 1", "b.toml"),
      "/dev/null",
    ]
    let result = RuleLoader.load(paths: paths)
    #expect(result.diagnostics.map(\.severity) == [.error, .error, .error, .error], "\(result.diagnostics)")
    #expect(Set(result.diagnostics.map(\.file)) == Set(paths))
  }

  @Test("A file beyond the bound is refused, and a directory deeper than the bound passed over")
  func bounds() throws {
    let directory = try Scratch()
    let big = try directory.write([UInt8](repeating: 0x20, count: (16 << 20) + 1), "big.toml")
    _ = try directory.write(rule("deep"), "deep/" + String(repeating: "d/", count: 70) + "r.toml")
    let result = RuleLoader.load(paths: [big, directory.path + "/deep"])
    #expect(result.rules.isEmpty)
    #expect(result.diagnostics.map(\.severity) == [.warning, .error])
    #expect(result.diagnostics.last?.message.contains("Split it") == true)
  }

  @Test("A named pipe is refused rather than waited for")
  func pipe() throws {
    let directory = try Scratch()
    let path = directory.path + "/pipe.toml"
    try #require(mkfifo(path, 0o600) == 0)
    #expect(RuleLoader.load(paths: [path]).diagnostics.map(\.message) == ["This is no plain file."])
  }
}
