import JSON
import TestSupport
import Testing

@testable import CloudTrail

struct EntityTreeTests {
  @Test(
    "Paths that are followed at once lead where each of them leads by itself",
    arguments: [UInt64.random(in: 0...UInt64.max), 17])
  func together(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let indexer = StructuralIndexer()
    var met = 0
    for _ in 0..<1500 {
      let paths = (0..<Int.random(in: 0...8, using: &random)).map { _ in Self.path(&random) }
      let tree = EntityTree(paths)
      let text = Self.value(&random, depth: 5)
      let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 64)
      try bytes.withUnsafeBufferPointer { bytes in
        let node = JSONNode(try indexer.index(UnsafeBufferPointer(rebasing: bytes[..<text.utf8.count])), token: 0)
        for numbersToo in [false, true] {
          var together: [Int] = []
          tree.forEachText(in: node, numbersToo: numbersToo) { together.append($0.token) }
          var each: Set<Int> = []
          for path in paths {
            EntityPath(path).forEachText(in: node, numbersToo: numbersToo) { each.insert($0.token) }
          }
          #expect(together.sorted() == each.sorted(), "seed \(seed): \(paths) in \(text)")
          met += each.count
        }
      }
    }
    #expect(!stands(seed) || met > 100, "\(met)")
  }

  private static let keys = ["a", "b", "cc"]

  private static func path(_ random: inout SeededRandom) -> String {
    (0..<Int.random(in: 1...4, using: &random)).map { _ in
      (keys.randomElement(using: &random) ?? "") + (Bool.random(using: &random) ? "[]" : "")
    }.joined(separator: ".")
  }

  /// A value in which names come several times in an object.
  private static func value(_ random: inout SeededRandom, depth: Int) -> String {
    let kind = Int.random(in: 0..<(depth == 5 ? 3 : 10), using: &random)
    let count = Int.random(in: 0...6, using: &random)
    switch kind {
    case 0...2 where depth > 0:
      return "{"
        + (0..<count).map { _ in
          "\"\((keys + ["c"]).randomElement(using: &random) ?? "")\":" + value(&random, depth: depth - 1)
        }.joined(separator: ",") + "}"
    case 3...4 where depth > 0:
      return "[" + (0..<count).map { _ in value(&random, depth: depth - 1) }.joined(separator: ",") + "]"
    default: return ["\"x\"", "\"\"", "12", "null", "true"].randomElement(using: &random) ?? ""
    }
  }
}
