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

  /// What a query gives whose rows become alerts.
  public struct Rows: Hashable, Sendable {
    /// The columns that it gives. While it cannot be told which are left, the names of all that it makes.
    public var columns: [String]
    /// True where a row is all that its alert is made of, and not an event with more columns.
    public var areWhole: Bool

    public init(columns: [String], areWhole: Bool) {
      self.columns = columns
      self.areWhole = areWhole
    }
  }

  public var errors: [Problem]
  /// The fields that the query names, by their full paths, and patterns of fields.
  public var fields: [String]
  /// Why the query, right or wrong, cannot run, a sentence; nil when it can.
  public var unsupportedReason: String?
  /// True where Elasticsearch itself would refuse the query, so that no later version will run it.
  public var isRefused = false
  /// Of a query in ES|QL that can be read.
  public var rows: Rows?

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
