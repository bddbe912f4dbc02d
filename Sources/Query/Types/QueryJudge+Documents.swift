import Events

extension QueryJudge {
  /// Why Elasticsearch refuses a test of a document's id, which is asked for as a whole alone, or of its index, of which patterns are
  /// known as well.
  static func refusal(of test: ValueTest, ofDocument name: String) -> QueryRefusal? {
    let isID = name == DocumentNames.id
    let expected = isID ? "a whole id" : "a name, or a pattern such as logs-*"
    func refused(_ what: String) -> QueryRefusal {
      QueryRefusal("`\(name)` knows no \(what)", expected: expected)
    }
    switch test {
    case .match, .phrase, .term, .list, .sigma: return nil
    case .inZone(let inner, _): return refusal(of: inner, ofDocument: name)
    case .range: return refused("ranges")
    case .regex: return refused("regular expressions")
    case .words(.beginning): return refused("beginnings of a phrase")
    case .words(let asked): return asked.isFuzzy ? refused("values that are nearly the same") : nil
    case .wildcard(let pattern):
      return isID && !pattern.matchesEverything && pattern.plainText == nil ? refused("wildcards") : nil
    case .termPattern(let pattern):
      // A value without regard to case is no pattern.
      guard isID, pattern.isWildcardQuery || pattern.plainText == nil else { return nil }
      return refused("wildcards and no prefixes")
    }
  }
}
