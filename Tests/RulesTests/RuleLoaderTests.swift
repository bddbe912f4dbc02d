import Foundation
import Rules
import Testing

@Suite("Loading files and directories")
struct RuleLoaderTests {
  private func rule(_ id: String) -> String { Samples.small("rule_id", "\"\(id)\"") }

  @Test("Directories are read through in order of names, each file once, whatever links say")
  func directories() throws {
    let directory = try TemporaryDirectory()
    let second = try directory.write("b.toml", rule("2"))
    _ = try directory.write("a/z.toml", rule("1"))
    _ = try directory.write("_deprecated/old.toml", rule("0"))
    _ = try directory.write("b.test.yaml", "x: y")
    _ = try directory.write("README.md", "x")
    _ = try directory.write(".hidden/h.toml", rule("h"))
    _ = try directory.write("c.ndjson", #"{"rule_id":"3","name":"n","type":"query","severity":"low","risk_score":1}"#)
    _ = try directory.write("package.json", #"{"private":true}"#)
    _ = try directory.write("other.toml", "[tool]\nx = 1")
    let files = FileManager.default
    try files.createSymbolicLink(atPath: directory.path + "/a/loop", withDestinationPath: directory.path)
    try files.createSymbolicLink(atPath: directory.path + "/again.toml", withDestinationPath: second)
    try files.createSymbolicLink(atPath: directory.path + "/gone.toml", withDestinationPath: "/nowhere/at/all")

    let result = RuleLoader.load(paths: [directory.path, second, directory.path + "/"])
    #expect(result.rules.map(\.rule.ruleID) == ["0", "1", "2", "3"])
    #expect(result.files == 6)
    let said = result.diagnostics.map { "\($0.severity.rawValue) \(($0.file as NSString).lastPathComponent)" }
    #expect(said == ["warning gone.toml", "warning other.toml", "warning package.json"], "\(result.diagnostics)")
  }

  @Test("A path that is named itself must be a rule file")
  func named() throws {
    let directory = try TemporaryDirectory()
    let paths = [
      directory.path + "/none.toml", try directory.write("a.yaml", "x"), try directory.write("b.toml", "[tool]\nx = 1"),
      "/dev/null",
    ]
    let result = RuleLoader.load(paths: paths)
    #expect(result.diagnostics.map(\.severity) == [.error, .error, .error, .error], "\(result.diagnostics)")
    #expect(Set(result.diagnostics.map(\.file)) == Set(paths))
  }

  @Test("A file beyond the bound is refused, and a directory deeper than the bound passed over")
  func bounds() throws {
    let directory = try TemporaryDirectory()
    let big = try directory.write("big.toml", [UInt8](repeating: 0x20, count: (16 << 20) + 1))
    _ = try directory.write("deep/" + String(repeating: "d/", count: 70) + "r.toml", rule("deep"))
    let result = RuleLoader.load(paths: [big, directory.path + "/deep"])
    #expect(result.rules.isEmpty)
    #expect(result.diagnostics.map(\.severity) == [.warning, .error])
    #expect(result.diagnostics.last?.message.contains("Split it") == true)
  }

  @Test("A named pipe is refused rather than waited for")
  func pipe() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/pipe.toml"
    try #require(mkfifo(path, 0o600) == 0)
    #expect(RuleLoader.load(paths: [path]).diagnostics.map(\.message) == ["This is no plain file."])
  }
}
