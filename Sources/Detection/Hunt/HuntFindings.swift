import CloudTrail
import Events
import Policies
import Query

/// What the rules of a hunt found in the input, before the schedule is replayed.
public struct HuntFindings: Sendable {
  var rules: [any RuleFindings]
  /// Who has the events that alerts may be built on.
  var texts: [any EventTexts] = []
  /// What workers saw being done to policies.
  var policies: [PolicyLog] = []
  /// Who opened sessions.
  var sessions = SessionLog()
  var overriddenTimes: ClosedRange<Int64>?
  /// Of what kinds the values were in the doubtful fields of rules, by the rule's place.
  var kinds: [Int: [String: FieldKinds]] = [:]
  /// What failed in the conditions of rules, by the rule's place.
  var faults: [Int: Set<String>] = [:]
  /// Where the events begin that rules with a history can see.
  var starts: HistoryStarts?
  /// Which rules, by their places, read a data stream of the input.
  var isReading: [Bool] = []
  /// Names of the input's data streams, a bounded number.
  var streams: Set<String> = []
  /// True when the input holds events of data streams in which rules look for indicators.
  public private(set) var holdsIndicators = false
  /// Fields, and patterns of fields, that the catalog does not know and that some event has, out of those that rules name.
  var metFields: Set<String> = []
  /// How many events of a data stream no rule reads; streams beyond a bounded number count under an empty name.
  var unread: [String: Int] = [:]
  /// Of each rule the matches that lie in its counted times.
  var counts: [Int] = []

  /// The times, by timestamp fields of rules' own, of the events that such rules matched; nil where there are none.
  public var overriddenSpan: ClosedRange<Timestamp>? {
    overriddenTimes.map { Timestamp(milliseconds: $0.lowerBound)...Timestamp(milliseconds: $0.upperBound) }
  }

  /// What one worker found.
  init(_ findings: FindingsBuilder, _ facts: InputFacts) {
    rules = findings.findings
    counts = findings.counts
    overriddenTimes = findings.overriddenTimes
    kinds = findings.kinds
    faults = findings.faults
    starts = findings.starts
    isReading = facts.isReading
    streams = facts.streams
    holdsIndicators = facts.holdsIndicators
    metFields = facts.metFields
    unread = facts.unread
  }

  /// Joins what several workers found, each with texts of its own.
  public init(merging parts: [HuntFindings]) {
    var joined: [HuntFindings] = []
    var sources = 0
    for var part in parts {
      for at in part.rules.indices { part.rules[at].moveSources(by: UInt32(sources)) }
      sources += part.texts.count
      joined.append(part)
    }
    self.init(joining: joined, texts: joined.flatMap(\.texts))
  }

  /// Joins what several workers found whose references are to the same texts.
  public init(joining parts: [HuntFindings], texts: [any EventTexts]) {
    guard var all = parts.first else {
      rules = []
      return
    }
    for part in parts.dropFirst() { all.add(part) }
    for at in all.rules.indices { all.rules[at].finish() }
    all.texts = texts
    self = all
  }

  private mutating func add(_ part: HuntFindings) {
    for at in part.rules.indices { rules[at].merge(part.rules[at]) }
    for at in part.isReading.indices where part.isReading[at] { isReading[at] = true }
    for at in part.counts.indices { counts[at] += part.counts[at] }
    streams.formUnion(part.streams)
    if part.holdsIndicators { holdsIndicators = true }
    metFields.formUnion(part.metFields)
    unread.merge(part.unread, uniquingKeysWith: +)
    policies += part.policies
    sessions.merge(part.sessions)
    kinds.merge(part.kinds) { $0.merging($1) { $0.union($1) } }
    for (place, texts) in part.faults { for text in texts { faults[place, default: []].note(text) } }
    if let more = part.starts { starts?.merge(more) }
    if let times = part.overriddenTimes {
      let mine = overriddenTimes ?? times
      overriddenTimes = min(mine.lowerBound, times.lowerBound)...max(mine.upperBound, times.upperBound)
    }
  }

  /// Calls `body` with an event that a rule matched.
  func withRow<Result>(_ kept: KeptReference, _ body: (RecordRow) throws -> Result) throws -> Result {
    try texts[Int(kept.source)].withRow(kept.number, body)
  }

  /// Reads of kept events their `_id`, `_index` and `_source`; a cell is empty where the text cannot be read any more.
  func metadata(_ context: EventContext) -> (KeptReference, String) -> Cell {
    // Few ask, and it takes a while to make.
    var made: EventJSON?
    return { kept, name in
      let writer = made ?? EventJSON(context)
      made = writer
      let cell = try? withRow(kept) { row -> Cell in
        switch name {
        case "_id": return .text(try writer.id(of: row))
        case "_index": return .text(try writer.index(of: row))
        case "_source":
          var text: [UInt8] = []
          try writer.append(row, to: &text)
          return .text(String(decoding: text, as: UTF8.self))
        default: return .none
        }
      }
      return cell ?? .none
    }
  }

  /// When an event was taken in that a rule matched, where that is to be told and the event does not say it itself.
  func ingestionTime(of kept: KeptReference) throws -> Timestamp? {
    try texts[Int(kept.source)].ingestionTime(of: kept.number)
  }

  /// About how many bytes the text of an event has that a rule matched.
  func length(of kept: KeptReference) -> Int { texts[Int(kept.source)].length(of: kept.number) }
}
