import Events
import Inputs
import Store

/// What a reading of a store came to.
public struct StoreReadingSummary: Sendable {
  /// As of files: `files` are parts, `events` those that were read.
  public var reading = ReadingSummary()
  /// Events that were looked at: those of all parts within the times, whether their texts were read or not.
  public var searched = 0
  /// The span in which these lie; its ends are those of parts, or of the times that were asked for.
  public var earliest: Timestamp?
  public var latest: Timestamp?
  /// Events of CloudTrail in data streams of another namespace, by stream, which are not read.
  public var elsewhere: [String: Int] = [:]
  /// Parts that could not be read, or some of whose events could not, and why.
  public var missing: [MissingPart] = []
}
