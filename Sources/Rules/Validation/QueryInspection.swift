/// What the parser of a rule's language says of the rule's query.
public struct QueryInspection: Hashable, Sendable {
  /// A fault of a query.
  public struct Problem: Hashable, Sendable {
    public var message: String
    /// The line within the query, from 1.
    public var line: Int
    /// The column in Unicode scalars, from 1.
    public var column: Int
    /// True in the query for indicators, not in that for events.
    public var isOfIndicators = false

    public init(message: String, line: Int, column: Int) {
      self.message = message
      self.line = line
      self.column = column
    }
  }

  public var errors: [Problem]
  /// The fields that the query names, by their full paths, and patterns of fields.
  public var fields: [String]
  /// Why the query, right or wrong, cannot run, a sentence; nil when it can.
  public var unsupportedReason: String?
  /// True where Elasticsearch itself would refuse the query, so that no later version will run it.
  public var isRefused = false

  public init(errors: [Problem] = [], fields: [String] = [], unsupportedReason: String? = nil) {
    self.errors = errors
    self.fields = fields
    self.unsupportedReason = unsupportedReason
  }
}

extension Rule {
  /// Whether this version of Martlet runs the rule with the query as its parser sees it.
  public func runnability(_ inspection: QueryInspection) -> Runnability {
    if case .unsupported = runnability { return runnability }
    return inspection.unsupportedReason.map { .unsupported(reason: $0) } ?? .runnable
  }
}
