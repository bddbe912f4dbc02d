import Events
import JSON
import Query

extension EQLSearch.Result {
  /// The hits as lines: an event, or for a sequence or a sample an object of its keys and events.
  ///
  /// - Returns: how many hits there are.
  public mutating func write(
    _ plan: EQLPlan, limit: Int?, counts: Bool, _ output: ([UInt8]) throws -> Void
  ) rethrows -> Int {
    let hits = hits(plan, limit)
    guard !counts else { return hits.count }
    for hit in hits {
      var line: [UInt8] = []
      if plan.isOfEvents {
        line = hit.events.first.flatMap(\.self).map { found[$0].json } ?? []
      } else {
        line += "{\"join_keys\":[".utf8
        for (at, value) in hit.joinKey.values.enumerated() {
          if at > 0 { line.append(UInt8(ascii: ",")) }
          Self.append(value, plan, at, to: &line)
        }
        line += "],\"events\":[".utf8
        for (at, event) in hit.events.enumerated() {
          if at > 0 { line.append(UInt8(ascii: ",")) }
          line += event.map { found[$0].json } ?? Array("null".utf8)
        }
        line += "]}".utf8
      }
      line.append(UInt8(ascii: "\n"))
      try output(line)
    }
    return hits.count
  }

  /// The hits as rows of fields: a row for each event, of a sequence or a sample behind the hit's number, the place of the
  /// event in it, and its keys. A missing event has a row without values.
  ///
  /// - Returns: how many hits there are, and whether there were more fields than a list has.
  public mutating func writeRows(
    _ plan: EQLPlan, limit: Int?, fields: ChosenFields, as format: ListWriter.Format,
    _ output: @escaping ([UInt8]) throws -> Void
  ) throws -> (hits: Int, isCut: Bool) {
    let hits = hits(plan, limit)
    let reader = ChosenReader(fields)
    var opened = OpenedFields()
    var rows: [(lead: [ListWriter.Cell], values: ChosenValues?)] = []
    for (number, hit) in hits.enumerated() {
      let keys = hit.joinKey.values.enumerated().map { at, value -> ListWriter.Cell in
        value.flatMap { Self.written($0, plan, at) }.map { .text($0.text) } ?? .none
      }
      for (step, event) in hit.events.enumerated() {
        let lead = plan.isOfEvents ? [] : [.number(number + 1), .number(step + 1)] + keys
        var values: ChosenValues?
        if let event {
          let document = try JSONDocument(found[event].json[...])
          values = withExtendedLifetime(document) { reader.read(document.root) }
          values.map { opened.add($0) }
        }
        rows.append((lead, values))
      }
    }
    let columns = opened.columns(fields)
    let lead = plan.isOfEvents ? [] : ["hit", "event"] + plan.keyNames
    var writer = ListWriter(
      format,
      lead.map { ListWriter.Column($0, stays: true) }
        + columns.map { ListWriter.Column($0.path, stays: ListWriter.staysWhole($0.path)) }, to: output)
    try writer.begin()
    for row in rows {
      try writer.add(
        row.lead + (row.values.map { OpenedFields.cells($0, in: columns) } ?? columns.map { _ in .none }))
    }
    try writer.end()
    return (hits.count, opened.isCut)
  }

  private mutating func hits(_ plan: EQLPlan, _ limit: Int?) -> [EQLHit] {
    found.sort { EQLCandidate.precedes($0.candidate, $1.candidate) }
    return SequenceMatcher(plan).hits(found.map(\.candidate), limit: limit)
  }

  /// A value as it is written, and whether JSON has it as a text; nil for one that has no such form.
  /// A value of a join key; the time that a sequence is joined by as time, while Elasticsearch gives that of a sample as a number.
  private static func written(_ value: Value, _ plan: EQLPlan, _ place: Int) -> (text: String, isText: Bool)? {
    let type = plan.keyType(place)
    if case .sequence = plan.form, type == .date || type == .dateNanos { return (ESQLAnswer.text(value, type), true) }
    return switch value {
    case .boolean(let flag): (flag ? "true" : "false", false)
    case .whole(let number): (String(number), false)
    case .unsigned(let number): (String(number), false)
    case .double(let number): ("\(number)", false)
    case .text(let text): (text, true)
    case .address(let address): (address.text, true)
    case .version(let version): (version.text, true)
    case .point, .span: nil
    }
  }

  private static func append(_ value: Value?, _ plan: EQLPlan, _ place: Int, to line: inout [UInt8]) {
    guard let written = value.flatMap({ written($0, plan, place) }) else { return line += "null".utf8 }
    if written.isText { JSONString.appendQuoted(written.text, to: &line) } else { line += written.text.utf8 }
  }
}
