/// Finds rules by what a person calls them.
///
/// In this order, and the first way that finds any counts: the whole id; the whole name; the name of the file, with its
/// ending or without; the start of an id, from four characters on; a part of a name, or words that all stand in it.
/// Letter case counts in ids only.
public struct RuleFinder: Sendable {
  private struct Entry: Sendable {
    var id: String
    var lowerID: String
    var name: String
    /// The last parts of the file's path, and the same without the ending.
    var file: String
    var stem: String
  }

  private let rules: [LoadedRule]
  private let entries: [Entry]

  public init(_ rules: [LoadedRule]) {
    self.rules = rules
    entries = rules.map { rule in
      let file = rule.file.lowercased()
      let dot = file.lastIndex(of: ".").flatMap { file[$0...].contains("/") ? nil : $0 } ?? file.endIndex
      return Entry(
        id: rule.rule.ruleID, lowerID: rule.rule.ruleID.lowercased(), name: rule.rule.name.lowercased(), file: file,
        stem: String(file[..<dot]))
    }
  }

  /// Characters that the start of an id has at least.
  private static let shortestStart = 4
  /// Characters that a part of a name has at least.
  private static let shortestPart = 3

  /// The rules that a text means, in their order; several where it fits several.
  public func find(_ text: String) -> [LoadedRule] {
    let folded = text.lowercased()
    guard !folded.isEmpty else { return [] }
    let words = Self.words(folded)
    let ways: [(Entry) -> Bool] = [
      { $0.id == text },
      { $0.name == folded },
      { Self.names($0.file, folded) || Self.names($0.stem, folded) },
      { folded.count >= Self.shortestStart && $0.lowerID.hasPrefix(folded) },
      { folded.count >= Self.shortestPart && $0.name.contains(folded) },
      { entry in
        folded.count >= Self.shortestPart && !words.isEmpty && words.allSatisfy { entry.name.contains($0) }
      },
    ]
    for isMeant in ways {
      let found = entries.indices.filter { isMeant(entries[$0]) }
      if !found.isEmpty { return found.map { rules[$0] } }
    }
    return []
  }

  /// Whether a path ends in whole parts that are `name`.
  private static func names(_ path: String, _ name: String) -> Bool {
    path == name || path.hasSuffix("/" + name)
  }

  /// Names of rules that a text which finds none may have meant, the likeliest first.
  public func suggestions(for text: String, limit: Int = 3) -> [String] {
    let folded = text.lowercased()
    var found: [String] = []
    func add(_ name: String) { if !found.contains(name), found.count < limit { found.append(name) } }
    let stems = entries.map { $0.stem.split(separator: "/").last.map(String.init) ?? $0.stem }
    for (spellings, suggestion) in [
      (entries.map(\.name), Spelling.suggestion(for: folded, among: entries.map(\.name))),
      (stems, Spelling.suggestion(for: folded, among: stems)),
      (entries.map(\.lowerID), Spelling.suggestion(for: folded, among: entries.map(\.lowerID))),
    ] {
      for at in spellings.indices where spellings[at] == suggestion { add(rules[at].rule.name) }
    }
    // Else the rules whose names have most of the words.
    let words = Set(Self.words(folded).filter { $0.count > 2 })
    guard !words.isEmpty else { return found }
    let scores = entries.enumerated().map { at, entry in
      let mine = Self.words(entry.name) + Self.words(stems[at])
      return (score: words.count { word in mine.contains { $0 == word || Self.isNear(word, $0) } }, at: at)
    }
    for (score, at) in scores.sorted(by: { ($1.score, $0.at) < ($0.score, $1.at) }) where score * 2 > words.count {
      add(rules[at].rule.name)
    }
    return found
  }

  private static func words(_ text: String) -> [Substring] { text.split { !$0.isLetter && !$0.isNumber } }

  private static func isNear(_ word: Substring, _ other: Substring) -> Bool {
    word.count > 4 && Spelling.suggestion(for: String(word), among: [String(other)]) != nil
  }
}
