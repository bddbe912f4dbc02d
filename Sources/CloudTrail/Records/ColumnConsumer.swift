import Events

/// A consumer that can do with the stored columns of events, so that their texts stay packed.
///
/// Whoever implements it gives the same result for events that come as columns as for the same events as texts.
public protocol ColumnConsumer: RecordConsumer {
  /// The columns that are wanted of a data stream's events; nil where they are to come as texts.
  func plan(of dataStream: String) -> FieldPlan?
  /// Takes stored events, which are borrowed for the call.
  ///
  /// - Parameters:
  ///   - events: has the columns of the plan, each at its place.
  ///   - rows: the rows that are meant, ascending; others may lack values.
  ///   - heads: what every row is; read only where it is asked for.
  func consume(_ events: EventBatch, rows: [Int], heads: () throws -> [EventHead]) throws
}
