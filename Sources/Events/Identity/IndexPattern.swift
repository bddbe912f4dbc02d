/// Which data streams are read: patterns with `*`, in order, where `-` takes away from what came before.
///
/// ```swift
/// let pattern = IndexPattern(["logs-*", "-logs-test-*"])
/// pattern.matches("logs-aws.cloudtrail-default")  // true
/// ```
/// A pattern of another cluster (`cluster:name`) matches no local data. A name that starts with a point is hidden: only
/// a pattern that starts with a point too matches it.
public struct IndexPattern: Hashable, Sendable {
  /// The single patterns in order, as written.
  public let patterns: [String]
  private let terms: [Term]

  private struct Term: Hashable, Sendable {
    var excludes: Bool
    var pattern: [UInt8]
  }

  /// Takes patterns; one text may hold several, separated by commas.
  ///
  /// A pattern with the selector `::data` means what it means without, one with `::failures` nothing: what could not be indexed is not
  /// kept by itself. Nor does a pattern of another cluster mean anything.
  ///
  /// - Parameter now: the time that date math in names (`<logs-{now/d}>`) counts from; without one it stands for any date.
  public init(_ patterns: [String], now: Timestamp? = nil) {
    self.patterns = patterns.flatMap { pattern in
      pattern.split(separator: ",").map { $0.trimmingSpaces }.filter { !$0.isEmpty }.map(String.init)
    }
    terms = self.patterns.compactMap { pattern in
      let excludes = pattern.hasPrefix("-")
      return Self.term(excludes ? pattern.dropFirst() : pattern[...], now).map { Term(excludes: excludes, pattern: $0) }
    }
  }

  /// The bytes of a single pattern; nil for one that means nothing.
  private static func term(_ pattern: Substring, _ now: Timestamp?) -> [UInt8]? {
    var name = pattern
    // Few patterns have any of this, and bytes tell so at once.
    if name.utf8.contains(UInt8(ascii: ":")) {
      for selector in ["::data", "::*"] where name.hasSuffix(selector) { name = name.dropLast(selector.count) }
    }
    if name.utf8.first == UInt8(ascii: "<"), let dated = DatedName.resolved(name, now: now) { name = dated[...] }
    guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: ":")) else { return nil }
    return Array((name == "_all" ? "*" : name).utf8)
  }

  /// Takes one pattern that is no list: commas, and a `-` before it, are characters of a name.
  public init(only pattern: String, now: Timestamp? = nil) {
    patterns = [pattern]
    terms = Self.term(pattern[...], now).map { [Term(excludes: false, pattern: $0)] } ?? []
  }

  /// Takes one text that holds patterns separated by commas.
  public init(_ patterns: String) {
    self.init([patterns])
  }

  /// True when the patterns select the data stream (or index) of that name.
  public func matches(_ dataStream: String) -> Bool {
    var dataStream = dataStream
    return dataStream.withUTF8 { matches($0) }
  }

  /// The same of a name in UTF-8.
  public func matches(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    var selected = false
    for term in terms where selected == term.excludes {
      if Self.matches(name, term.pattern) { selected = !term.excludes }
    }
    return selected
  }

  /// True where some name that begins with a text may be selected.
  public func mayMatch(beginningWith start: String) -> Bool {
    terms.contains { term in
      guard !term.excludes else { return false }
      let fixed = term.pattern.prefix { $0 != UInt8(ascii: "*") }
      return fixed.starts(with: start.utf8) || fixed.count < term.pattern.count && start.utf8.starts(with: fixed)
    }
  }

  private static func matches(_ name: UnsafeBufferPointer<UInt8>, _ pattern: [UInt8]) -> Bool {
    let star = UInt8(ascii: "*")
    if name.first == UInt8(ascii: "."), pattern.first != UInt8(ascii: ".") { return false }
    var at = 0
    var next = 0
    // Where the last star stood, and up to where it has swallowed the name.
    var lastStar = -1
    var swallowed = 0
    while at < name.count {
      if next < pattern.count, pattern[next] == star {
        lastStar = next
        swallowed = at
        next += 1
      } else if next < pattern.count, pattern[next] == name[at] {
        next += 1
        at += 1
      } else if lastStar >= 0 {
        next = lastStar + 1
        swallowed += 1
        at = swallowed
      } else {
        return false
      }
    }
    return pattern[next...].allSatisfy { $0 == star }
  }
}

extension Substring {
  /// What stands between white space at both ends.
  var trimmingSpaces: Substring {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
