import Events
import GRDB

/// A clock that lies far ahead of everything that a folder knows of.
public struct ClockDoubt: Equatable, Sendable {
  /// What the clock says.
  public var now: Timestamp
  /// The latest time that the folder knows of.
  public var lastKnown: Timestamp?

  public init(now: Timestamp, lastKnown: Timestamp?) {
    self.now = now
    self.lastKnown = lastKnown
  }
}

extension AlertStore {
  /// How far a clock may be ahead of what a folder knows of, in milliseconds: seven days.
  public static let mostAhead: Int64 = 7 * 86_400_000

  /// Tells whether ages may be counted to what the clock says, before anything is deleted for its age: a clock that has jumped ahead
  /// makes everything look old, and what is deleted is gone.
  ///
  /// It may where it is at most seven days later than one of: the last time at which it was found right, so that a folder that is
  /// looked after every few days is never asked about; when a bound was set, which somebody did; the newest event that is not of a time to
  /// come, since events bring the times of other clocks. Where it may, that is noted.
  ///
  /// - Parameters:
  ///   - newestEvent: the time of the newest event of the folder that is not later than `now`.
  ///   - isConfirmed: somebody says that the clock is right.
  /// - Returns: nil where it may.
  public func doubt(
    ofClock now: Timestamp, newestEvent: Timestamp?, isConfirmed: Bool = false
  ) throws -> ClockDoubt? {
    let (trusted, known) = try reading { database in
      let trusted = try Int64.fetchOne(database, sql: "SELECT trusted_at FROM clock")
      // A bound that was set at a time to come was set while the clock was ahead; where nothing else is known, it counts.
      let set = try Int64.fetchAll(
        database, sql: "SELECT kept_at FROM documents WHERE kind = ? AND kept_at <= ?",
        arguments: [KeptDocument.Kind.retention.rawValue, trusted == nil ? .max : now.milliseconds])
      return (trusted, (set + [trusted, newestEvent?.milliseconds].compactMap(\.self)).max())
    }
    // Where it was right at a later time, less is deleted now than was then.
    let isRight =
      isConfirmed
      || known.map { now.milliseconds.subtractingReportingOverflow($0) }
        .map { !$0.overflow && $0.partialValue <= Self.mostAhead } ?? false
    guard isRight else { return ClockDoubt(now: now, lastKnown: known.map { Timestamp(milliseconds: $0) }) }
    if trusted.map({ (now.milliseconds &- $0).magnitude >= 60_000 }) ?? true {
      try writing { try $0.execute(sql: "UPDATE clock SET trusted_at = ?", arguments: [now.milliseconds]) }
    }
    return nil
  }
}
