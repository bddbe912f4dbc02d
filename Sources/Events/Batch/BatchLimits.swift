/// The bounds on what a batch of events takes beside the text that it is made of.
public enum BatchLimits {
  /// Bytes of a field's full path. What stands below a longer one is in no field of its own; a flattened field that it
  /// belongs to has it all the same.
  public static let pathBytes = 1024
  /// Columns of a batch beside those that are asked for by name. An event that would need more has its further fields
  /// left out.
  public static let columns = 10_000
  /// Places in events that are known, with and without a column, and bytes of their keys. An event that would need more
  /// has what stands in its further places left out; one that needs half of them ends its batch, and then all are forgotten.
  static let places = 1 << 17
  static let keyBytes = 16 << 20
  /// Values of all columns, 8 bytes each: a batch that has more is ended at its next row.
  static let entries = 8 << 20
  /// Bytes of the distinct values that are kept for the next batch.
  static let dictionaryBytes = 32 << 20
}

/// What had to be left out of an event, since it is beyond a bound.
public struct BatchCut: OptionSet, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Values whose path is longer than `BatchLimits.pathBytes`.
  public static let paths = BatchCut(rawValue: 1)
  /// Fields beyond the number of `BatchLimits.columns` or `BatchLimits.places`.
  public static let columns = BatchCut(rawValue: 2)
}
