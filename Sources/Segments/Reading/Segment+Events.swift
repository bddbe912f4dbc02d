import Events

extension Segment {
  /// The columns that a plan asks for, as a builder would have made them of what the segment holds.
  ///
  /// Those of `plan.paths` come first, each at its place, without values where the segment has none; then those that the
  /// plan wants by everything or by pattern, in the order in which they were written. `plan.nullValues` was answered when the
  /// columns were made, and is not asked.
  ///
  /// - Parameters:
  ///   - late: reads which rows have which values only when it is asked; its `fault` is to be looked at once the batch has been
  ///     asked. All is read at once where it is nil.
  ///   - rows: those that are meant, ascending; others may lack values. All unless given.
  public func events(
    _ plan: FieldPlan, late: LateEntries? = nil, only rows: [Int]? = nil
  ) throws(SegmentError) -> EventBatch {
    try telling { () throws(SegmentFault) in
      var decoder = BatchDecoder(self)
      decoder.late = late
      decoder.limit(to: rows)
      return try decoder.batch(footer.batch, plan, dataStream: footer.dataStream)
    }
  }
}
