import Events

/// What is asked of the name of an event's index, as Elasticsearch takes it: every value is a pattern with `*`, in whatever clause
/// it stands, and the name of a data stream or of alerts stands for the indices behind it.
///
/// A name that starts with a point is hidden: only a pattern that starts with a point too matches it.
public struct IndexNameTest: Sendable {
  private let patterns: [IndexPattern]

  /// Nil for a test that cannot be asked of the name of an index: a range, a regular expression, what is nearly the same.
  ///
  /// - Parameter now: the time that date math in names counts from; without one it stands for any date.
  public init?(_ test: ValueTest, now: Timestamp? = nil) {
    guard let texts = Self.texts(of: test) else { return nil }
    patterns = texts.map { IndexPattern(only: $0, now: now) }
  }

  private static func texts(of test: ValueTest) -> [String]? {
    switch test {
    case .match(let text), .phrase(let text), .term(let text): [text]
    case .wildcard(let pattern), .termPattern(let pattern): [written(pattern)]
    case .list(let list): Array(list.values)
    case .words(.beginning): nil
    case .words(let asked): asked.isFuzzy ? nil : asked.whole.map { [$0] } ?? []
    case .inZone(let inner, _): texts(of: inner)
    case .range, .regex, .sigma: nil
    }
  }

  /// No name has a `?` in it, which is no wildcard here, nor capitals.
  private static func written(_ pattern: WildcardPattern) -> String {
    let text = pattern.parts.reduce(into: "") { text, part in
      switch part {
      case .literal(let piece): text += piece
      case .anyRun: text += "*"
      case .anyCharacter: text += "?"
      }
    }
    return pattern.ignoresCase ? text.lowercased() : text
  }

  /// True for the name of an index, or of the data stream that it belongs to, that is asked for.
  public func matches(_ name: String) -> Bool { patterns.contains { $0.matches(name) } }

  func matches(_ name: UnsafeBufferPointer<UInt8>) -> Bool { patterns.contains { $0.matches(name) } }

  /// True where the name of an index may be asked for whose data stream is not: the names of both differ only behind these beginnings.
  var mayNameOthers: Bool {
    patterns.contains { pattern in
      [".", "partial-.", "restored-."].contains { pattern.mayMatch(beginningWith: $0) }
    }
  }
}
