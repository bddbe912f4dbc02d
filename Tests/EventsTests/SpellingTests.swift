import TestSupport
import Testing

@testable import Events

@Suite struct SpellingTests {
  private let catalog = FieldCatalog.standard

  /// The usual table, filled whole.
  private func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var table = [[Int]](repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
    for row in 0...left.count {
      for column in 0...right.count {
        if row == 0 || column == 0 {
          table[row][column] = row + column
          continue
        }
        var best = min(table[row - 1][column], table[row][column - 1]) + 1
        best = min(best, table[row - 1][column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1))
        if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
          best = min(best, table[row - 2][column - 2] + 1)
        }
        table[row][column] = best
      }
    }
    return table[left.count][right.count]
  }

  @Test(
    "The distance of two names is that of the whole table, or nil beyond the bound", arguments: [1, 2, 3] as [UInt64])
  func distances(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<20_000 {
      // Few letters, so that many are alike.
      let left = (0..<Int.random(in: 0...12, using: &random)).map { _ in UInt8.random(in: 97...99, using: &random) }
      var right = left
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        let place = Int.random(in: 0...right.count, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: right.insert(UInt8.random(in: 97...99, using: &random), at: place)
        case 1 where place < right.count: right.remove(at: place)
        case 2 where place + 1 < right.count: right.swapAt(place, place + 1)
        default: if place < right.count { right[place] = UInt8.random(in: 97...99, using: &random) }
        }
      }
      let bound = Int.random(in: 0...4, using: &random)
      let whole = distance(left, right)
      #expect(
        EditDistance.between(left, right, atMost: bound) == (whole <= bound ? whole : nil), "\(left) \(right) \(bound)")
    }
  }

  /// Every known field is looked at but those of integrations, of which only some are known.
  private func suggestions(for name: String) -> [String] {
    func folded(_ name: String) -> [UInt8] { Array(name.lowercased().utf8).filter { $0 != UInt8(ascii: "_") } }
    let wanted = folded(name)
    let bound = wanted.count < 6 ? 1 : wanted.count < 16 ? 2 : 3
    var found: [(Int, String)] = []
    for path in catalog.paths(matching: "*") where path != name && !catalog.resolve(path).isOfIntegration {
      let known = folded(path)
      let edits = abs(known.count - wanted.count) > bound ? bound + 1 : distance(wanted, known)
      if edits <= bound {
        found.append((edits, path))
      } else if String(decoding: known, as: UTF8.self).hasSuffix("." + String(decoding: wanted, as: UTF8.self)) {
        found.append((bound + 1, path))
      }
    }
    return found.sorted { ($0.0, $0.1.utf8.count, $0.1) < ($1.0, $1.1.utf8.count, $1.1) }.prefix(3).map(\.1)
  }

  @Test("What is suggested for a misspelt field is what a look at every field gives")
  func index() {
    var random = SeededRandom(seed: 7)
    let paths = catalog.paths(matching: "*")
    for _ in 0..<40 {
      var name = Array(paths[Int.random(in: 0..<paths.count, using: &random)].utf8)
      if Bool.random(using: &random), let dot = name.firstIndex(of: UInt8(ascii: ".")) { name.removeFirst(dot + 1) }
      for _ in 0..<Int.random(in: 0...3, using: &random) where name.count > 1 {
        let place = Int.random(in: 0..<name.count - 1, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: name.remove(at: place)
        case 1: name.swapAt(place, place + 1)
        default: name.insert(UInt8(ascii: "x"), at: place)
        }
      }
      let text = String(decoding: name, as: UTF8.self)
      #expect(catalog.suggestions(for: text) == suggestions(for: text), "\(text)")
    }
  }

  @Test(
    "Fields of a pattern are those that the whole catalog has of it",
    arguments: [
      "user.*", "u*", "*", "user.name*", "*.ip", "source*ip", "zzz*", "@*", "user.nam*x", "~*",
    ])
  func patterns(pattern: String) {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    let all = catalog.paths(matching: "*").filter {
      $0.hasPrefix(parts[0]) && $0.hasSuffix(parts[1]) && $0.utf8.count >= parts[0].utf8.count + parts[1].utf8.count
    }
    #expect(catalog.paths(matching: pattern) == all)
  }
}
