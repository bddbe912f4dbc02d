import CloudTrail
import Events
import Store

extension EventPart {
  /// Of each event when it was taken in, `Timestamp.missing` for one that says so itself; nothing where that goes for all.
  func ingestionTimes() throws -> [Timestamp] {
    let forms = try forms()
    guard forms.contains(where: EventHead.isIngestedHere) else { return [] }
    let column = try events(FieldPlan(paths: [EventField.eventIngested.path])).columns[0]
    let dates = (0..<column.dictionary.count).map { code in
      column.dictionary.withValue(UInt32(code + 1)) { $0.timestamp }
    }
    var times = [Timestamp](repeating: .missing, count: forms.count)
    column.forEachEntry { row, code in
      if EventHead.isIngestedHere(forms[row]), let date = dates[Int(code) - 1] { times[row] = date }
    }
    return times
  }
}
