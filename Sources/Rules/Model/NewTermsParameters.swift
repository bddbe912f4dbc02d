import Events

/// What a new terms rule watches.
public struct NewTermsParameters: Hashable, Sendable {
  /// The fields whose combinations of values are watched, one to three.
  public var fields: [String]
  /// The start of the history, which must lie before the schedule's `from`.
  public var historyWindowStart: DateMath

  public init(fields: [String], historyWindowStart: DateMath) {
    self.fields = fields
    self.historyWindowStart = historyWindowStart
  }
}
