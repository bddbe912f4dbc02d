import JSON

/// The indicators that an indicator match rule compares events with.
public struct ThreatMatchParameters: Hashable, Sendable {
  /// The index patterns that hold the indicators.
  public var index: [String]
  public var query: String
  public var language: QueryLanguage
  public var filters: [JSONValue]
  /// Any one mapping suffices for a match.
  public var mapping: [ThreatMapping]
  /// Where the indicator lies in a document of the index, as `threat.indicator`; nil for the default.
  public var indicatorPath: String?
  public var concurrentSearches: Int?
  public var itemsPerSearch: Int?

  public init(
    index: [String], query: String, language: QueryLanguage = .kuery, filters: [JSONValue] = [],
    mapping: [ThreatMapping], indicatorPath: String? = nil, concurrentSearches: Int? = nil, itemsPerSearch: Int? = nil
  ) {
    self.index = index
    self.query = query
    self.language = language
    self.filters = filters
    self.mapping = mapping
    self.indicatorPath = indicatorPath
    self.concurrentSearches = concurrentSearches
    self.itemsPerSearch = itemsPerSearch
  }
}
