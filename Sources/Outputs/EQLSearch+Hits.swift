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
          Self.append(value, to: &line)
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
      let keys = hit.joinKey.values.map { value -> ListWriter.Cell in
        guard let value else { return .none }
        return .text(value.textValue ?? Self.text(value))
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

  private static func text(_ value: Value) -> String {
    var line: [UInt8] = []
    append(value, to: &line)
    return String(decoding: line, as: UTF8.self).trimmingQuotes
  }

  private static func append(_ value: Value?, to line: inout [UInt8]) {
    switch value {
    case nil: line += "null".utf8
    case .boolean(let flag)?: line += (flag ? "true" : "false").utf8
    case .whole(let number)?: line += String(number).utf8
    case .unsigned(let number)?: line += String(number).utf8
    case .double(let number)?: line += "\(number)".utf8
    case .text(let text)?: JSONString.appendQuoted(text, to: &line)
    case .address(let address)?: JSONString.appendQuoted(address.text, to: &line)
    case .version(let version)?: JSONString.appendQuoted(version.text, to: &line)
    case .point?, .span?: line += "null".utf8
    }
  }
}

extension String {
  fileprivate var trimmingQuotes: String { String(drop { $0 == "\"" }.prefix { $0 != "\"" }) }
}
