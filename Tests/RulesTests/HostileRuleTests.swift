import Foundation
import JSON
import TestSupport
import Testing

@testable import Rules

@Suite("Hostile rule files")
struct HostileRuleTests {
  private static let pieces = [
    "[", "]", "{", "}", "\"", "'", "\"\"\"", "'''", "=", ".", ",", "#", "\n", "\r\n", "\\", "\\u00", "\\uD800", "\u{0}",
    "[[rule]]", "[rule.threat]", "a.b.c", "1e999", "-0", "inf", "nan", "2024-01-01T00:00:00Z", "true", "null", "é",
    "\u{FEFF}",
    "9999999999999999999", "0x7f", "[[[[", "{a={b={c=1}}}", "now-9m", "\t", " ",
  ].map { Array($0.utf8) }

  private static func mutate(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0...Int.random(in: 0...3, using: &random) {
      guard !bytes.isEmpty else { return bytes }
      let at = Int.random(in: 0..<bytes.count, using: &random)
      let length = min(Int.random(in: 1...40, using: &random), bytes.count - at)
      switch Int.random(in: 0...5, using: &random) {
      case 0: bytes[at] = UInt8.random(in: .min ... .max, using: &random)
      case 1: bytes.removeSubrange(at..<at + length)
      case 2: bytes.insert(contentsOf: bytes[at..<at + length], at: Int.random(in: 0...bytes.count, using: &random))
      case 3: bytes.removeSubrange(at...)
      default:
        let piece = pieces[Int.random(in: 0..<pieces.count, using: &random)]
        bytes.replaceSubrange(at..<(Bool.random(using: &random) ? at + 1 : at), with: piece)
      }
    }
    return bytes
  }

  private func seed(_ what: String) -> UInt64 {
    let seed = ProcessInfo.processInfo.environment["SEED"].flatMap(UInt64.init) ?? .random(in: .min ... .max)
    print("random mutations of \(what), seed \(seed)")
    return seed
  }

  @Test("Mutated TOML never crashes; what the parser accepts, the scanner follows to its end and finds every string in")
  func toml() throws {
    let seed = seed("TOML")
    var random = SeededRandom(seed: seed)
    let original = Array(Samples.everyField.utf8)
    var accepted = 0
    // Until enough have been accepted, whatever the seed.
    for round in 0..<300_000 where round < 3000 || accepted <= 300 {
      let bytes = Self.mutate(original, &random)
      var result = RuleLoadResult()
      TOMLRuleReader.read(SourceText(bytes), file: "m.toml", isNamed: true, into: &result)
      let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
      for said in result.diagnostics {
        #expect(1...lines ~= said.line && said.column >= 1, "seed \(seed): \(said)")
      }
      guard let document = try? TOMLText.parse(SourceText(bytes)) else { continue }
      accepted += 1
      var scanner = TOMLScanner(bytes)
      let reachedEnd = scanner.visitEntries { _ in true }
      #expect(reachedEnd, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
      for (path, text) in KeyLocatorTests.strings(.object(document)) {
        guard let place = TOMLKeyLocator.locate(path, in: bytes) else {
          Issue.record("seed \(seed): \(path) not found")
          continue
        }
        // Times have become strings, which they were not.
        guard place.value < bytes.count, bytes[place.value] == 0x22 || bytes[place.value] == 0x27 else { continue }
        let read = TOMLKeyLocator.scalars(of: path, in: bytes)?.text.replacing("\r\n", with: "\n")
        #expect(read == text.replacing("\r\n", with: "\n"), "seed \(seed): \(path)")
      }
    }
    #expect(accepted > 300)
  }

  @Test("Mutated exports never crash")
  func ndjson() throws {
    let seed = seed("NDJSON")
    var random = SeededRandom(seed: seed)
    let rule = try #require(try TOMLText.parse(SourceText(Array(Samples.everyField.utf8)))["rule"])
    let original = Array((rule.text + "\n" + KibanaExportTests.export).utf8)
    for _ in 0..<3000 {
      var result = RuleLoadResult()
      let bytes = Self.mutate(original, &random)
      JSONRuleReader.read(SourceText(bytes), file: "m.ndjson", isNamed: true, into: &result)
      let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
      for said in result.diagnostics {
        #expect(1...lines ~= said.line && said.column >= 1, "seed \(seed): \(said)")
      }
      for rule in result.rules { _ = rule.source.position(inValueOf: "query", line: 2, column: 3) }
    }
  }

  @Test("Random text never crashes the scanner, and it always comes to an end")
  func noise() {
    let seed = seed("noise")
    var random = SeededRandom(seed: seed)
    for _ in 0..<20_000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...30, using: &random) {
        bytes += Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &random)]
      }
      _ = try? TOMLText.parse(SourceText(bytes))
      var entries = 0
      var visitor = TOMLScanner(bytes)
      _ = visitor.visitEntries { _ in
        entries += 1
        return true
      }
      #expect(entries <= bytes.count + 1, "seed \(seed)")
      _ = TOMLString.scan(bytes, at: 0, decode: true)
    }
  }
}
