import Events
import Query

/// Takes what rules match, event by event.
///
/// A rule's matches come with the rows of a batch ascending, each once.
protocol MatchSink: AnyObject {
  /// The rule at a place of the plan matches an event, which executions under `sighting.condition` see.
  ///
  /// - Parameters:
  ///   - row: the event's row in the batch that is observed.
  ///   - notes: what the rule's program notes of it.
  func add(_ sighting: Sighting, of rule: HuntRule, at place: Int, row: Int, _ notes: some NoteSource) throws
  /// The rule at a place can see an event of that time, in milliseconds since the epoch, so that its history is given from
  /// there on at the latest.
  func note(start time: Int64, of place: Int)
  /// A doubtful field of the rule at a place has values of some kinds.
  func note(_ kinds: FieldKinds, in path: String, of place: Int)
  /// A condition of the rule at a place failed for an event, which then does not meet it.
  func note(fault: String, of place: Int)
}

/// What a rule's program notes of one event.
protocol NoteSource {
  /// Calls `body` with each note, until it returns false.
  func forEach(_ body: (UnsafeBufferPointer<UInt8>) throws -> Bool) rethrows
  /// True when there are more than are given.
  var isCut: Bool { get }
}

/// The combinations of the values of fields in a row of a batch.
struct RowCombinations: NoteSource {
  let fields: [HuntRule.TermField]
  /// Of so many of the last fields there need be no value.
  let optional: Int
  let events: EventBatch
  let row: Int

  func forEach(_ body: (UnsafeBufferPointer<UInt8>) throws -> Bool) rethrows {
    guard !fields.isEmpty else { return }
    var combination: [UInt8] = []
    _ = try descend(fields[...], &combination, body)
  }

  /// Adds every combination of the values of the remaining fields to what `combination` has; false when that was enough.
  private func descend(
    _ fields: ArraySlice<HuntRule.TermField>, _ combination: inout [UInt8],
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Bool
  ) rethrows -> Bool {
    guard let field = fields.first else { return try combination.withUnsafeBufferPointer(body) }
    let column = events.columns[field.column]
    let length = combination.count
    var hasValue = false
    for code in column.distinctCodes(row: row) {
      let term: Void? = column.dictionary.withValue(code) { value in
        value.withTerm(of: field.type) { TermCombination.append($0, to: &combination) }
      }
      guard term != nil else { continue }
      hasValue = true
      guard try descend(fields.dropFirst(), &combination, body) else { return false }
      combination.removeSubrange(length...)
    }
    guard !hasValue, fields.count <= optional else { return true }
    return try combination.withUnsafeBufferPointer(body)
  }

  /// Whoever asks counts them.
  var isCut: Bool { false }
}

/// What is noted of rows of a batch.
struct RowNotes: NoteSource {
  private let noting: Noting
  private let events: EventBatch
  private let candidates: EQLReader?
  private let rows: ESQLReader?
  var row = 0

  /// - Parameters:
  ///   - candidates: reads the batch for a rule of which candidates are noted.
  ///   - rows: the same where rows of ES|QL are.
  init(_ noting: Noting, _ events: EventBatch, _ candidates: EQLReader?, _ rows: ESQLReader?) {
    self.noting = noting
    self.events = events
    self.candidates = candidates
    self.rows = rows
  }

  func forEach(_ body: (UnsafeBufferPointer<UInt8>) throws -> Bool) rethrows {
    switch noting {
    case .nothing: return
    case .combinations(let fields, let optional):
      try RowCombinations(fields: fields, optional: optional, events: events, row: row).forEach(body)
    case .values(let fields):
      var bytes: [UInt8] = []
      IndicatorValues.append(events, row, fields, to: &bytes)
      _ = try bytes.withUnsafeBufferPointer(body)
    case .candidates:
      guard let candidate = candidates?.candidate(row) else { return }
      _ = try candidate.encoded().withUnsafeBufferPointer(body)
    case .rows:
      guard let rows else { return }
      _ = try rows.encoded(row).withUnsafeBufferPointer(body)
    }
  }

  /// Whoever asks counts them.
  var isCut: Bool { false }
}
