extension AgentText {
  /// How far into a text a crawler's name may begin.
  private static let farthestName = 200
  /// How much of a text may belong to the name before its telling word.
  private static let longestName = 50

  /// A crawler that no table knows, by the word that its name ends in (`bot`, …) or holds (`spider`, …).
  func crawler() -> Finding? { versionedCrawler() ?? bot() ?? spider() }

  /// The version behind a name: after a space or slash, or after ` v`.
  private func crawlerVersion(at end: Int, allowsV: Bool = true) -> Range<Int>? {
    if allowsV, has(" v", at: end), let version = readVersion(at: end + 2, 1...3) { return version }
    guard self[end] == 0x20 || self[end] == UInt8(ascii: "/") else { return nil }
    return readVersion(at: end + 1, 1...3)
  }

  /// A name of several words that ends in a crawler's word, with a version: `Acme Log Indexer/1.2`.
  private func versionedCrawler() -> Finding? {
    var best: (start: Int, name: Range<Int>, version: Range<Int>)?
    for word in 0..<count {
      guard let end = endOfCrawlerWord(at: word), let version = crawlerVersion(at: end, allowsV: false) else {
        continue
      }
      guard let (start, name) = startOfCrawlerName(before: word), start <= Self.farthestName else { continue }
      if let best, start > best.start { continue }
      best = (start, name..<end, version)
    }
    return best.map { Finding(name: string($0.name), version: string($0.version)) }
  }

  private func endOfCrawlerWord(at position: Int) -> Int? {
    switch Byte.lowered(self[position]) {
    case UInt8(ascii: "b"): return has("ot", at: position + 1) ? position + 3 : nil
    case UInt8(ascii: "s"):
      return has("pider", at: position + 1) ? position + 6 : has("craper", at: position + 1) ? position + 7 : nil
    case UInt8(ascii: "a"): return has("rchiver", at: position + 1) ? position + 8 : nil
    case UInt8(ascii: "i"): return has("ndexer", at: position + 1) ? position + 7 : nil
    case UInt8(ascii: "c"):
      return has("rawl", at: position + 1)
        ? run(from: position + 5, longest: Self.longestName, Byte.isLower) : nil
    default: return nil
    }
  }

  /// Where the recognized part begins, and where the name in it does: a path segment before the name is not part of it.
  private func startOfCrawlerName(before word: Int) -> (start: Int, name: Int)? {
    func isNamed(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x20, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "!"), UInt8(ascii: "["), UInt8(ascii: "]"),
        UInt8(ascii: ":"):
        return true
      default: return Byte.isAlphanumeric(byte)
      }
    }
    func isSegment(_ byte: UInt8) -> Bool { Byte.isAlphanumeric(byte) || byte == UInt8(ascii: ".") }
    func afterBlanks(_ position: Int) -> Int { min(run(from: position, longest: 2) { $0 == 0x20 }, word) }

    let start = runBack(from: word, longest: Self.longestName, isNamed)
    let segment = runBack(from: start, longest: Self.longestName, isSegment)
    if self[segment - 1] == UInt8(ascii: "/") {
      let end = min(run(from: segment, longest: Self.longestName, isSegment), word)
      if end >= start { return (segment - 1, afterBlanks(end)) }
    }
    return (start, afterBlanks(start))
  }

  /// A name that ends in `bot` as the end of a word, with or without a version.
  private func bot() -> Finding? {
    var best: (start: Int, end: Int)?
    for word in stride(from: 2, to: max(2, count - 2), by: 1) {
      guard has("ot", at: word + 1), Byte.lowered(self[word]) == UInt8(ascii: "b"), !Byte.isWord(self[word + 3]),
        Byte.lowered(self[word - 1]) != UInt8(ascii: "u"), self[word - 2] != UInt8(ascii: "C")
      else { continue }
      let run = runBack(from: word - 2, longest: Self.longestName + 1) {
        Byte.isAlphanumeric($0) || $0 == 0x20 || $0 == UInt8(ascii: "-")
      }
      let start = (run..<word - 2).first { Byte.isLetter(self[$0]) } ?? word - 2
      guard start <= Self.farthestName else { continue }
      if let best, start > best.start { continue }
      best = (start, word + 3)
    }
    return best.map {
      Finding(name: string($0.start..<$0.end), version: crawlerVersion(at: $0.end).map(string))
    }
  }

  /// A word that holds `spider`, `scrape` or `crawl`, with or without a version.
  private func spider() -> Finding? {
    func isNamed(_ byte: UInt8) -> Bool { Byte.isLetterRange(byte) || Byte.isDigit(byte) }
    var best: (start: Int, end: Int)?
    for word in 0..<count {
      let end: Int
      switch Byte.lowered(self[word]) {
      case UInt8(ascii: "s") where hasFolded("spider", at: word) || has("crape", at: word + 1): end = word + 6
      case UInt8(ascii: "c") where hasFolded("crawl", at: word): end = word + 5
      default: continue
      }
      let hyphenEnd = self[word - 1] == 0x20 ? word - 1 : word
      let hyphened = runBack(from: hyphenEnd, longest: Self.longestName) {
        Byte.isLetterRange($0) || $0 == UInt8(ascii: "-")
      }
      let start = min(
        runBack(from: word, longest: Self.longestName, isNamed), hyphened < hyphenEnd ? hyphened : word)
      guard start <= Self.farthestName else { continue }
      if let best, start > best.start { continue }
      best = (start, run(from: end, longest: Self.longestName, isNamed))
    }
    return best.map {
      Finding(name: string($0.start..<$0.end), version: crawlerVersion(at: $0.end).map(string))
    }
  }
}
