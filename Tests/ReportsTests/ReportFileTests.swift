import Foundation
import TestSupport
import Testing

@testable import Reports

@Suite("The file of a report")
struct ReportFileTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func write(_ text: String, to path: String) throws {
    try ReportFile(path: path).write { output in try output(Array(text.utf8)) }
  }

  private func report(_ text: String) -> String { "<!DOCTYPE html>\n\(ReportFile.mark)\n" + text }

  private func refusal(_ path: String) -> String? {
    do {
      _ = try ReportFile(path: path)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test("A new report is written, and an earlier one replaced, with nothing left beside it")
  func written() throws {
    let path = scratch.path + "/out.html"
    try write(report("one"), to: path)
    try write(report("two"), to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == report("two"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["out.html"])
  }

  @Test("What is no report is never replaced: folders, other files, devices, places that do not exist")
  func refused() throws {
    let evidence = try scratch.write("{\"Records\":[]}".utf8, "trail.json")
    #expect(refusal(evidence)?.contains("no report") == true)
    #expect(refusal(scratch.path) == "it is a folder")
    #expect(refusal("-")?.contains("needs a file") == true)
    #expect(refusal("/dev/null") == "it is no regular file")
    #expect(refusal(scratch.path + "/none/out.html")?.contains("there is no folder") == true)
    #expect(refusal(evidence + "/out.html")?.contains("there is no folder") == true)
    #expect(try String(contentsOfFile: evidence, encoding: .utf8) == "{\"Records\":[]}")
    let empty = try scratch.write([], "empty.html")
    #expect(refusal(empty) == nil)
  }

  @Test("A link stays a link, and the file behind it is judged and replaced")
  func links() throws {
    let evidence = try scratch.write("evidence".utf8, "trail.json")
    let toEvidence = scratch.path + "/a.html"
    try FileManager.default.createSymbolicLink(atPath: toEvidence, withDestinationPath: evidence)
    #expect(refusal(toEvidence)?.contains("no report") == true)
    let real = scratch.path + "/real.html"
    try write(report("one"), to: real)
    let link = scratch.path + "/b.html"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: real)
    try write(report("two"), to: link)
    #expect(try String(contentsOfFile: real, encoding: .utf8) == report("two"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == real)
  }

  @Test("A report that fails half-way leaves the earlier one as it was, and nothing beside it")
  func failure() throws {
    struct Fault: Error {}
    let path = scratch.path + "/out.html"
    try write(report("one"), to: path)
    #expect(throws: ReportFileError.self) {
      try ReportFile(path: path).write { output in
        try output(Array("half".utf8))
        throw Fault()
      }
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == report("one"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["out.html"])
  }
}
