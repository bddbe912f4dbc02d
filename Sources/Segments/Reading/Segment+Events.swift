import Events

extension Segment {
  /// The columns that a plan asks for, as a builder would have made them of what the segment holds.
  ///
  /// Those of `plan.paths` come first, each at its place, without values where the segment has none; then those that the
  /// plan wants by everything or by pattern, in the order in which they were written. `plan.nullValues` was answered when the
  /// columns were made, and is not asked.
  public func events(_ plan: FieldPlan) throws(SegmentError) -> EventBatch {
    try telling { () throws(SegmentFault) in
      var decoder = try BatchDecoder(self)
      return try decoder.batch(footer.batch, plan, dataStream: footer.dataStream)
    }
  }
}
