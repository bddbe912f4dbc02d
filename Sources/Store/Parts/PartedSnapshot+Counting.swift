import Events
import Query

extension PartedSnapshot {
  public func groups(_ request: GroupRequest) async throws -> (groups: EventGroups, summary: ReadSummary) {
    var bound = BoundSelection(request.selection)
    let fields = request.fields.map { bound.add($0) }
    let distinct = request.distinct.map { bound.add($0) }
    var (parts, missing) = concerned(by: bound)
    var groups = EventGroups(fields: request.fields, distinct: request.distinct)
    var summary = ReadSummary()
    try await forEachAnswer(of: parts) { [bound] part in
      try bound.answer(of: part, needsTimes: true) { answer, _ in
        var groups = EventGroups(fields: request.fields, distinct: request.distinct)
        try Self.count(answer, of: part, fields, distinct, into: &groups)
        return groups
      }
    } fail: {
      missing.append($0.part)
    } take: { _, answer in
      groups.merge(answer.result)
      summary.add(answer.summary)
      return .more
    }
    summary.missing = missing
    return (groups, summary)
  }

  private static func count(
    _ answer: BoundSelection.Answer, of part: Part, _ fields: [(place: Int, type: FieldType)],
    _ distinct: [(place: Int, type: FieldType)], into groups: inout EventGroups
  ) throws {
    guard !answer.rows.isEmpty else { return }
    func column(_ field: (place: Int, type: FieldType)) -> Column? {
      answer.events?.columns[field.place].terms(of: field.type)
    }
    let heads = try part.heads()
    var counter = CombinationCounter(fields.map(column)) { heads[$0].identity.precedes(heads[$1].identity) }
    let others = distinct.map(column)
    // Of each field the pairs of a combination and a code.
    var pairs = [Set<UInt64>](repeating: [], count: others.count)
    for row in answer.rows {
      let time = answer.times.flatMap { $0[row] == .missing ? nil : $0[row] }
      counter.add(row, at: time) { tally in
        for (place, column) in others.enumerated() {
          guard let column else { continue }
          for code in column.codes(row: row) {
            pairs[place].insert(UInt64(tally) << 32 | UInt64(code))
          }
        }
      }
    }
    var values = [[Set<String>]](
      repeating: [Set<String>](repeating: [], count: others.count), count: others.isEmpty ? 0 : counter.tallies.count)
    for (place, pairs) in pairs.enumerated() {
      guard let dictionary = others[place]?.dictionary else { continue }
      for pair in pairs {
        values[Int(pair >> 32)][place].insert(dictionary.text(UInt32(truncatingIfNeeded: pair)))
      }
    }
    func sighting(_ found: (time: Timestamp, row: Int)?) -> Sighting? {
      found.map { Sighting($0.time, EventReference(heads[$0.row].identity, part: part.number)) }
    }
    for (at, tally) in counter.tallies.enumerated() {
      groups.add(
        counter.values(tally), count: tally.count, first: sighting(tally.first), last: sighting(tally.last),
        distinct: values.isEmpty ? [] : values[at])
    }
    groups.cutEvents += counter.cutEvents
  }

  public func histogram(
    _ request: HistogramRequest
  ) async throws -> (histogram: TimeHistogram, summary: ReadSummary) {
    let bound = BoundSelection(request.selection)
    var (parts, missing) = concerned(by: bound)
    var histogram = TimeHistogram(width: request.width)
    var summary = ReadSummary()
    try await forEachAnswer(of: parts) { part in
      try bound.answer(of: part, needsTimes: true) { answer, _ in
        var histogram = TimeHistogram(width: request.width)
        for row in answer.rows {
          if let time = answer.times?[row], time != .missing { histogram.add(time) }
        }
        return histogram
      }
    } fail: {
      missing.append($0.part)
    } take: { _, answer in
      histogram.merge(answer.result)
      summary.add(answer.summary)
      return .more
    }
    summary.missing = missing
    return (histogram, summary)
  }
}
