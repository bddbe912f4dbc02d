import Events
import Policies
import Query

/// What the rules of a hunt found in the input, before the schedule is replayed.
public struct HuntFindings: Sendable {
  var rules: [RuleFindings]
  /// The records that workers kept.
  var kept: [KeptRecords]
  /// What workers saw being done to policies.
  var policies: [PolicyLog]
  /// Who opened sessions.
  var sessions = SessionLog()
  var overriddenTimes: ClosedRange<Int64>?
  /// Of what kinds the values were in the doubtful fields of rules, by the rule's place.
  var kinds: [Int: [String: FieldKinds]] = [:]
  /// Where the events begin that rules with a history can see.
  var starts: HistoryStarts?
  /// Which rules, by their places, read a data stream of the input.
  var isReading: [Bool] = []
  /// Names of the input's data streams, a bounded number.
  var streams: Set<String> = []
  /// Fields, and patterns of fields, that the catalog does not know and that some event has, out of those that rules name.
  var metFields: Set<String> = []
  /// How many events of a data stream no rule reads; streams beyond a bounded number count under an empty name.
  var unread: [String: Int] = [:]

  /// The times, by timestamp fields of rules' own, of the events that such rules matched; nil where there are none.
  public var overriddenSpan: ClosedRange<Timestamp>? {
    overriddenTimes.map { Timestamp(milliseconds: $0.lowerBound)...Timestamp(milliseconds: $0.upperBound) }
  }

  /// Joins what several workers found.
  public init(merging parts: [HuntFindings]) {
    var merged: HuntFindings?
    for (worker, part) in parts.enumerated() {
      var part = part
      for at in part.rules.indices { part.rules[at].setWorker(UInt16(worker)) }
      guard merged != nil else {
        merged = part
        continue
      }
      for at in part.rules.indices { merged!.rules[at].merge(part.rules[at]) }
      merged!.kept += part.kept
      for at in part.isReading.indices where part.isReading[at] { merged!.isReading[at] = true }
      merged!.streams.formUnion(part.streams)
      merged!.metFields.formUnion(part.metFields)
      merged!.unread.merge(part.unread, uniquingKeysWith: +)
      merged!.policies += part.policies
      merged!.sessions.merge(part.sessions)
      merged!.kinds.merge(part.kinds) { $0.merging($1) { $0.union($1) } }
      if let starts = part.starts { merged!.starts?.merge(starts) }
      if let times = part.overriddenTimes {
        let mine = merged!.overriddenTimes ?? times
        merged!.overriddenTimes =
          min(mine.lowerBound, times.lowerBound)...max(mine.upperBound, times.upperBound)
      }
    }
    for at in (merged?.rules ?? []).indices { merged!.rules[at].finish() }
    self = merged ?? HuntFindings(rules: [], kept: [], policies: [], overriddenTimes: nil)
  }

  init(
    rules: [RuleFindings], kept: [KeptRecords], policies: [PolicyLog], overriddenTimes: ClosedRange<Int64>?
  ) {
    self.rules = rules
    self.kept = kept
    self.policies = policies
    self.overriddenTimes = overriddenTimes
  }
}
