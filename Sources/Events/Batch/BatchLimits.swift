/// The bounds on what a batch of events takes beside the text that it is made of.
public enum BatchLimits {
  /// Bytes of a field's full path. What stands below a longer one is in no field of its own; a flattened field that it
  /// belongs to has it all the same.
  public static let pathBytes = 1024
  /// Columns of a batch. An event that would need more has its further fields left out.
  public static let columns = 10_000
  /// Entries of all columns, 4 bytes each: a batch that has more is ended at its next row.
  static let entries = 16 << 20
  /// Paths that no pattern of the plan asks for and that are remembered as such; of others it is found out each time.
  static let refusedPaths = 4096
}

/// What had to be left out of an event, since it is beyond a bound.
public struct BatchCut: OptionSet, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Values whose path is longer than `BatchLimits.pathBytes`.
  public static let paths = BatchCut(rawValue: 1)
  /// Fields beyond the number of `BatchLimits.columns`.
  public static let columns = BatchCut(rawValue: 2)
}
