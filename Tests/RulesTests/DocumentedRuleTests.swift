import Foundation
import Rules
import Testing

struct DocumentedRuleTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The README, what is documented, and what `--help` of commands says.
  private static func texts() throws -> [(name: String, text: String)] {
    let folders = ["Documentation", "Sources/martlet/Commands"]
    let files = try folders.flatMap { folder in
      try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path).map { "\(folder)/\($0)" }
    }
    return try (["README.md"] + files).filter { $0.hasSuffix(".md") || $0.hasSuffix(".swift") }.sorted().map {
      ($0, try String(contentsOf: root.appending(path: $0), encoding: .utf8))
    }
  }

  @Test("The name of a rule in an example of the documentation or of a command's help fits one rule that ships")
  func examples() throws {
    let finder = RuleFinder(RuleCollection.load(paths: [], withBuiltIn: true).rules)
    // A name in quotes, which is no placeholder of the reader's own rule.
    let named = #/(?:--rule|rules (?:show|docs)) (?:"(?<double>[A-Z][^"\\\n]+)"|'(?<single>[A-Z][^'\\\n]+)')/#
    var count = 0
    for (file, text) in try Self.texts() {
      for match in text.matches(of: named) {
        let name = String(match.output.double ?? match.output.single ?? "")
        count += 1
        #expect(finder.find(name).count == 1, "\(file): \(name)")
      }
    }
    #expect(count >= 20)
  }
}
