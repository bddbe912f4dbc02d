import Alerts
import CloudTrail
import Events
import JSON
import Outputs
import Rules
import SegmentStore

/// A bound of what is kept cannot be read; a sentence without a full stop.
public struct UnreadableBound: Error, CustomStringConvertible {
  public let description: String
}

/// What a folder keeps, and for how long.
public struct Retention {
  /// The log of runs, as patterns name it.
  public static let runLog = OwnStreams.runs

  /// In the order of their patterns.
  public let policies: [RetentionPolicy]

  /// Throws `UnreadableBound` where a bound is damaged: of several that match a data stream one alone counts, and without it another
  /// would delete what it keeps.
  public init(_ store: AlertStore) throws {
    policies = try store.current(.retention).map { document in
      guard !document.isDamaged, let policy = RetentionPolicy(document) else {
        throw UnreadableBound(
          description:
            "the bound of “\(document.key)” is damaged, and not what was set; nothing is deleted until it is set again: "
            + "martlet retention set \(ShellWords.option("--data", store.folder)) "
            + ShellWords.option("--stream", document.key))
      }
      return policy
    }
  }

  /// The policy that counts for a data stream: of those whose patterns match it the one with the longest, which says the most
  /// of its name.
  public func policy(of dataStream: String) -> RetentionPolicy? {
    policies.filter { IndexPattern($0.pattern).matches(dataStream) }
      .max { ($0.pattern.utf8.count, $0.pattern) < ($1.pattern.utf8.count, $1.pattern) }
  }

  // MARK: Applying

  /// What was deleted.
  public struct Outcome: Sendable {
    public var streams: [SegmentStore.Expired] = []
    public var alerts = 0
    public var openAlerts = 0
    public var runs = 0
    /// Set where nothing was deleted for its age, since the clock may be wrong.
    public var doubt: ClockDoubt?

    /// For a person; nil where nothing was deleted.
    public var sentence: String? {
      var parts = streams.map { stream in
        "\(CountText.count(stream.events, "event")) of \(stream.dataStream) in \(CountText.count(stream.segments, "segment")) "
          + "(\(ByteText.text(stream.bytes)), up to \(stream.newest.iso8601))"
      }
      if alerts > 0 {
        parts.append(CountText.count(alerts, "alert") + (openAlerts > 0 ? ", \(openAlerts) of them open" : ""))
      }
      if runs > 0 { parts.append(CountText.count(runs, "entry of the run log", "entries of the run log")) }
      return parts.isEmpty ? nil : "deleted by retention: \(parts.joined(separator: "; "))"
    }

    public var json: JSONValue {
      [
        "data_streams": .array(
          streams.map {
            [
              "name": .string($0.dataStream), "segments": .integer(Int64($0.segments)),
              "events": .integer(Int64($0.events)),
              "bytes": .integer(Int64($0.bytes)), "up_to": .string($0.newest.iso8601),
            ]
          }), "alerts": .integer(Int64(alerts)), "open_alerts": .integer(Int64(openAlerts)),
        "runs": .integer(Int64(runs)), "clock_in_doubt": .bool(doubt != nil),
      ]
    }
  }

  /// Whether what ages are counted to is believed.
  public enum Clock: Sendable {
    /// As far as what the folder knows of says that it may be right.
    case checked
    /// Somebody says that the clock is right.
    case confirmed
    /// It is no clock: somebody gave the time.
    case given
  }

  /// Deletes what lies beyond the bounds of a folder; nothing where it has none, and nothing for its age where the clock may be
  /// wrong.
  ///
  /// - Parameters:
  ///   - store: the folder, open for writing; nil for alerts and the run log alone.
  ///   - now: what ages are counted to.
  ///   - who: has it be done, for the audit log.
  public static func apply(
    to folder: String, _ store: SegmentStore?, now: Timestamp, clock: Clock = .checked, by who: String = "retention",
    _ notices: any RunNotices
  ) throws -> Outcome {
    guard try !Retention(AlertStore(folder: folder, isReadOnly: true)).policies.isEmpty else { return Outcome() }
    let alerts = try AlertStore(folder: folder, isReadOnly: false)
    let retention = try Retention(alerts)
    var outcome = Outcome()
    outcome.doubt = try retention.doubt(of: folder, store, alerts, now: now, clock)
    let goesByAge = outcome.doubt == nil
    func bound(_ policy: RetentionPolicy) -> (oldest: Timestamp?, bytes: Int?) {
      (goesByAge ? Self.oldest(policy, now) : nil, policy.size.map { Int($0.value) })
    }
    let expired =
      try store?.expired { stream in
        retention.policy(of: stream).map {
          let (oldest, bytes) = bound($0)
          return SegmentStore.RetentionBound(oldest: oldest, bytes: bytes)
        }
      } ?? []
    for stream in expired {
      // Noted first: a process that is killed in between leaves events that are not deleted, and says no more than it knows.
      try alerts.noteDeletion(
        of: stream.dataStream, upTo: stream.newest, events: stream.events, bytes: stream.bytes, by: who, at: now)
      if try store?.delete(stream, at: now) ?? false { outcome.streams.append(stream) }
    }
    if let policy = retention.policy(of: AlertReading.defaultDataStream) {
      let (oldest, bytes) = bound(policy)
      (outcome.alerts, outcome.openAlerts) = try alerts.deleteAlerts(
        before: oldest, beyond: bytes, by: who, at: now)
    }
    if let policy = retention.policy(of: runLog) {
      let (oldest, bytes) = bound(policy)
      outcome.runs = try alerts.deleteRuns(before: oldest, beyond: bytes, by: who, at: now)
    }
    for stream in outcome.streams {
      let reaches = try RuleReach.rules(of: alerts, reading: [stream.dataStream], now: now)
      if let sentence = RuleReach.sentence(reaches, beyond: now.milliseconds - stream.newest.milliseconds) {
        notices.warn("events of \(stream.dataStream) up to \(stream.newest.iso8601) were deleted: \(sentence)")
      }
    }
    if let doubt = outcome.doubt { notices.warn(Self.sentence(doubt, folder)) }
    return outcome
  }

  /// The time before which a policy keeps nothing.
  public static func oldest(_ policy: RetentionPolicy, _ now: Timestamp) -> Timestamp? {
    policy.age.map { Timestamp(milliseconds: now.milliseconds - $0.value) }
  }

  /// Why nothing is to be deleted for its age; nil where nothing says so, or nothing goes by age.
  private func doubt(
    of folder: String, _ store: SegmentStore?, _ alerts: AlertStore, now: Timestamp, _ clock: Clock
  ) throws -> ClockDoubt? {
    if case .given = clock { return nil }
    guard policies.contains(where: { $0.age != nil }) else { return nil }
    let parts = try store?.snapshot().parts ?? SegmentStore(folder, .reading).snapshot().parts
    let newest = parts.compactMap(\.times?.upperBound).filter { $0 <= now }.max()
    let isConfirmed = if case .confirmed = clock { true } else { false }
    return try alerts.doubt(ofClock: now, newestEvent: newest, isConfirmed: isConfirmed)
  }

  public static func sentence(_ doubt: ClockDoubt, _ folder: String) -> String {
    let known =
      doubt.lastKnown.map {
        "\(DurationText.text(doubt.now.milliseconds - $0.milliseconds)) later than anything that \(folder) knows of (\($0.iso8601))"
      } ?? "and \(folder) knows of no time near it"
    return
      "nothing was deleted for its age: the clock says \(doubt.now.iso8601), \(known); if that is right, "
      + "martlet retention apply \(ShellWords.option("--data", folder)) --trust-clock deletes it, "
      + "while nothing else writes to the folder"
  }

  /// Before which time events of a data stream are not stored again: what retention has deleted, and would delete again. Nothing,
  /// where the clock may be wrong.
  ///
  /// - Parameter store: the folder, open for writing.
  public static func deleted(from folder: String, _ store: SegmentStore, now: Timestamp) throws -> [String: Timestamp] {
    let readable = try AlertStore(folder: folder, isReadOnly: true)
    let retention = try Retention(readable)
    let deletions = try readable.deletions()
    guard !deletions.isEmpty, !retention.policies.isEmpty,
      try retention.doubt(of: folder, store, AlertStore(folder: folder, isReadOnly: false), now: now, .checked) == nil
    else { return [:] }
    return deletions.reduce(into: [:]) { bounds, deletion in
      guard let policy = retention.policy(of: deletion.key), let oldest = oldest(policy, now) else { return }
      bounds[deletion.key] = min(oldest, Timestamp(milliseconds: deletion.value.upTo.milliseconds + 1))
    }
  }

  /// The same at the end of a command that does something else; tells what was deleted. False, with words, where it could not
  /// be done.
  ///
  /// - Parameter holder: the name of the command, where the folder is not open for writing yet. Where another process writes
  ///   to it, that one deletes events.
  public static func applyAfterwards(
    to folder: String, _ store: SegmentStore? = nil, holder: String, now: Timestamp, _ notices: any RunNotices
  ) -> Bool {
    do {
      guard try !Retention(AlertStore(folder: folder, isReadOnly: true)).policies.isEmpty else { return true }
      var writer = store
      if writer == nil {
        do {
          writer = try SegmentStore(folder, .writing(as: holder))
        } catch let error as StoreError where error.kind == .busy {}
      }
      if let sentence = try apply(to: folder, writer, now: now, notices).sentence { notices.close(sentence) }
      return true
    } catch {
      notices.fail("what lies beyond the bounds of \(folder) stays for now: \(error)")
      return false
    }
  }
}
