import Foundation
import TestSupport
import Testing

/// Files of exceptions and value lists of any size, with 600 MB of address space.
@Suite("Exceptions with 600 MB of memory")
struct ExceptionLimitTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func hunt(_ exceptions: String) throws -> Binary {
    let rule = try scratch.write(Sample.rule, "rule.toml")
    let trail = try scratch.write(Sample.records, "trail.json")
    let run = try Binary(
      [
        "hunt", "--no-builtin", "--rules", rule, "--exceptions", exceptions, "--format", "ndjson", trail,
      ], megabytes: 600)
    #expect((0...1).contains(run.status), "\(run.status): \(run.errors.prefix(600))")
    return run
  }

  private func exception(_ list: String, type: String) throws -> String {
    try scratch.write(
      """
      [[exception]]
      name = "Known"
      rules = "all"
      entries = [{ field = "\(type == "ip" ? "source.ip" : "user.name")", value_list = "\(list)", list_type = "\(type)" }]

      """, "exceptions.toml")
  }

  @Test("A value list of as many values as one may have holds", arguments: ["keyword", "ip"])
  func most(type: String) throws {
    let values = (0..<999_000).map { type == "ip" ? "10.\($0 >> 16).\($0 >> 8 & 255).\($0 & 255)" : "user-\($0)" }
    try scratch.write(
      (values + ["bob", "198.51.100.7"].filter { ($0 == "bob") == (type != "ip") }).joined(separator: "\n"), "list.txt")
    let run = try hunt(try exception("list.txt", type: type))
    #expect(run.status == 0 && run.output.isEmpty, "\(run.errors.prefix(600))")
  }

  @Test("A value list of more than a million values is refused with its exception, and the alert is raised")
  func more() throws {
    try scratch.write((0..<1_200_000).map { "user-\($0)" }.joined(separator: "\n") + "\nbob\n", "list.txt")
    let run = try hunt(try exception("list.txt", type: "keyword"))
    #expect(run.status == 1 && run.errors.contains("more than"), "\(run.errors.prefix(600))")
    #expect(run.lines.count == 1)
  }

  @Test("A value list of one endless line, and one beyond its size, are refused")
  func size() throws {
    try scratch.write([UInt8](repeating: 0x78, count: 60 << 20), "list.txt")
    #expect((0...1).contains(try hunt(try exception("list.txt", type: "keyword")).status))
    try scratch.write([UInt8](repeating: 0x78, count: 70 << 20), "list.txt")
    let run = try hunt(try exception("list.txt", type: "keyword"))
    #expect(run.status == 1 && run.lines.count == 1, "\(run.errors.prefix(600))")
  }

  @Test("Exceptions by the thousand, of as many entries as one may have, are read or told")
  func items() throws {
    let list = #"{"list_id":"l","type":"detection","name":"L","description":"d","namespace_type":"single"}"#
    func item(_ number: Int, _ entries: String) -> String {
      #"{"list_id":"l","item_id":"i\#(number)","type":"simple","name":"I","description":"d","namespace_type":"single","entries":[\#(entries)]}"#
    }
    func entry(_ value: String) -> String {
      #"{"field":"user.name","operator":"included","type":"match","value":"\#(value)"}"#
    }
    let many = try scratch.write(
      ([list] + (0..<20_000).map { item($0, entry("v\($0)")) }).joined(separator: "\n"), "many.ndjson")
    #expect((0...1).contains(try hunt(many).status))

    let long = try scratch.write(
      [list, item(0, (0..<50_000).map { entry("v\($0)") }.joined(separator: ","))].joined(separator: "\n"),
      "long.ndjson")
    let run = try hunt(long)
    #expect(run.status == 1 && run.lines.count == 1, "\(run.errors.prefix(600))")
    for arguments in [["exceptions", "check", many], ["exceptions", "check", long]] {
      let checked = try Binary(arguments, megabytes: 600)
      #expect((0...1).contains(checked.status), "\(checked.status): \(checked.errors.prefix(600))")
    }
  }
}
