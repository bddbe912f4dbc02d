import CloudTrail
import Events
import Query

/// What one rule matched in a piece of stored data that never changes: enough to give the same findings as asking again.
///
/// It does not depend on the rule's schedule, nor on when it was asked; what moves with the execution's time stands as a
/// condition beside each match. A number names an event within the piece.
public struct RuleAnswer: Sendable {
  /// An event that the rule matches.
  struct Match: Equatable, Sendable {
    var number: UInt32
    var id: EventID
    /// As in `Sighting`.
    var time: Int64
    var timestamp: Int64 = 0
    var lacksOverride = false
    /// True when `time` is when the store took the event in, and the event does not say it itself; false for rules that do not go
    /// by that.
    var isIngestedHere = false
    /// True for a record of CloudTrail, as far as `isIngestedHere` makes it matter.
    var isRecord = false
    /// Its place in `conditions`, 0 where all executions see the event.
    var condition: UInt32 = 0
    /// How much the rule's program noted of it; the codes of the notes stand in `codes`, one match behind the other.
    var noteCount = 0
    /// True when it has more than that.
    var isCut = false
  }

  /// By their numbers, ascending.
  var matches: [Match] = []
  var codes: [UInt32] = []
  /// What was noted, as `Noting` says.
  var notes = ValueDictionary()
  /// What must be so of an execution's time; the first is `always`.
  var conditions: [TimeCondition] = [.always]
  /// Of what kinds the values of the rule's doubtful fields are.
  var kinds: [String: FieldKinds] = [:]
  /// What failed in the rule's conditions, the first in order of a bounded number.
  var faults: Set<String> = []
  /// The first credible time of an event that the rule can see, where it has a timestamp field of its own and a history.
  var start: Int64?
  /// The same where the events are replayed; for rules that go by the time of ingestion.
  var replayedStart: Int64?

  public init() {}

  /// True when the piece holds nothing for the rule.
  public var isEmpty: Bool {
    matches.isEmpty && kinds.isEmpty && faults.isEmpty && start == nil && replayedStart == nil
  }

  /// How many events the rule matches.
  public var matchCount: Int { matches.count }
}

/// Writes the answers of rules down. One worker's own.
final class AnswerBuilder: MatchSink {
  private(set) var answers: [Int: RuleAnswer] = [:]
  private var conditionPlaces: [Int: [UInt32: UInt32]] = [:]
  /// Of each row of the batch its number in the piece, and what is known beside its fields.
  var numbers: [UInt32] = []
  var heads: [EventHead] = []

  func add(_ sighting: Sighting, of rule: HuntRule, at place: Int, row: Int, _ notes: some NoteSource) throws {
    var answer = answers.removeValue(forKey: place) ?? RuleAnswer()
    var match = RuleAnswer.Match(
      number: numbers[row], id: sighting.id, time: sighting.time, timestamp: sighting.timestamp,
      lacksOverride: sighting.lacksOverride)
    if rule.goesByIngestion, !sighting.lacksOverride, heads[row].isIngestedHere {
      match.isIngestedHere = true
      match.isRecord = heads[row].kind == .cloudTrail
    }
    if sighting.condition != ExecutionConditions.always {
      if let known = conditionPlaces[place]?[sighting.condition] {
        match.condition = known
      } else {
        match.condition = UInt32(answer.conditions.count)
        answer.conditions.append(rule.windows.conditions.condition(sighting.condition))
        conditionPlaces[place, default: [:]][sighting.condition] = match.condition
      }
    }
    notes.forEach { note in
      guard match.noteCount < FindingsBuilder.mostNotes else {
        match.isCut = true
        return false
      }
      answer.codes.append(answer.notes.insert(Scalar(.string, note)))
      match.noteCount += 1
      return true
    }
    answer.matches.append(match)
    answers[place] = answer
  }

  func note(start time: Int64, of place: Int) {
    guard time >= HistoryStarts.firstRecords else { return }
    let known = answers[place]?.start ?? time
    answers[place, default: RuleAnswer()].start = min(known, time)
  }

  /// The same for a rule that goes by the time of ingestion, where events are replayed.
  func note(replayedStart time: Int64, of place: Int) {
    guard time >= HistoryStarts.firstRecords else { return }
    let known = answers[place]?.replayedStart ?? time
    answers[place, default: RuleAnswer()].replayedStart = min(known, time)
  }

  func note(_ kinds: FieldKinds, in path: String, of place: Int) {
    answers[place, default: RuleAnswer()].kinds[path, default: []].insert(kinds)
  }

  func note(fault: String, of place: Int) {
    answers[place, default: RuleAnswer()].faults.note(fault)
  }
}

extension Set<String> {
  /// Different faults of a rule that are kept.
  private static let mostFaults = 20

  /// Adds a fault; the first in order are kept, whatever the order in which they come.
  mutating func note(_ fault: String) {
    guard insert(fault).inserted, count > Self.mostFaults, let last = self.max() else { return }
    remove(last)
  }
}

/// What an answer has noted of one match.
private struct AnsweredNotes: NoteSource {
  let answer: RuleAnswer
  let codes: Range<Int>
  let isCut: Bool

  func forEach(_ body: (UnsafeBufferPointer<UInt8>) throws -> Bool) rethrows {
    for at in codes {
      guard try answer.notes.withValue(answer.codes[at], { try body($0.bytes) }) else { return }
    }
  }
}

extension FindingsBuilder {
  /// Takes over what a rule matched in a piece of stored data.
  ///
  /// - Parameter isHidden: whether an event does not count any longer, by its number.
  func add(
    _ answer: RuleAnswer, of rule: HuntRule, at place: Int, _ view: IngestionView, isHidden: (UInt32) -> Bool
  ) throws {
    for (path, kinds) in answer.kinds { note(kinds, in: path, of: place) }
    for fault in answer.faults { note(fault: fault, of: place) }
    let isReplayed = view == .replayed && rule.goesByIngestion
    if let start = isReplayed ? answer.replayedStart : answer.start { note(start: start, of: place) }
    let conditions = answer.conditions.map { rule.windows.conditions.code($0) }
    var next = 0
    for match in answer.matches {
      defer { next += match.noteCount }
      guard !isHidden(match.number) else { continue }
      var sighting = Sighting(
        time: match.time, id: match.id, condition: conditions[Int(match.condition)],
        lacksOverride: match.lacksOverride, timestamp: match.timestamp)
      if isReplayed, match.isIngestedHere {
        // As a hunt over files has them: a record was taken in when it happened, a document does not say when.
        if !match.isRecord {
          guard !rule.rule.timestampOverrideFallbackDisabled, match.timestamp != .max else { continue }
          sighting.lacksOverride = true
        }
        sighting.time = match.timestamp
      }
      try add(
        sighting, of: rule, at: place, row: Int(match.number),
        AnsweredNotes(
          answer: answer, codes: next..<next + match.noteCount, isCut: match.isCut))
    }
  }
}
