import Foundation
import TestSupport
import Testing

@testable import Inputs

struct PathTextTests {
  private func text(_ bytes: [UInt8]) -> String { bytes.withUnsafeBufferPointer(PathText.text) }

  private func bytes(_ text: String) -> [UInt8] {
    PathText.withBytes(text) { start in (0..<strlen(start)).map { UInt8(bitPattern: start[$0]) } }
  }

  @Test("Any bytes are had again from their text", arguments: 0..<200 as Range<UInt64>)
  func roundTrip(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let pieces: [[UInt8]] = [
      Array("a/é€😀".utf8), [0xE9], [0xFF, 0xC3], Array("\u{10FE41}".utf8), [0xF4, 0x8F], Array("log.json".utf8),
    ]
    let name = (0..<Int.random(in: 0...8, using: &random)).flatMap { _ in pieces.randomElement(using: &random) ?? [] }
    #expect(bytes(text(name)) == name)
    #expect(bytes(text(Array("plain é.json".utf8))) == Array("plain é.json".utf8))
  }

  @Test("Files and folders whose names are no UTF-8 are read, and shown with their bytes escaped")
  func reading() async throws {
    let scratch = try Scratch()
    let folder = Array(scratch.path.utf8) + Array("/caf".utf8) + [0xE9]
    func path(_ name: [UInt8]) -> [CChar] { (folder + name + [0]).map { CChar(bitPattern: $0) } }
    #expect(mkdir(path([]), 0o755) == 0)
    for (name, content) in [
      ([0x2F, 0xFF] + Array(".json".utf8), Record.file(0..<3)), (Array("/b\u{E9}.json".utf8), [0x7B]),
    ]
      as [([UInt8], [UInt8])]
    {
      let descriptor = open(path(name), O_CREAT | O_WRONLY, 0o644)
      #expect(descriptor >= 0 && write(descriptor, content, content.count) == content.count)
      close(descriptor)
    }
    let reading = try await Reading([scratch.path])
    #expect(reading.ids == Record.ids(0..<3))
    #expect(reading.summary.problems.problems.map(\.file) == [scratch.path + "/caf\\xE9/b\u{E9}.json"])
  }
}
