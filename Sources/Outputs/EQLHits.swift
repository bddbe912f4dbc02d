import Events
import JSON
import Query

/// The hits of a search in EQL, with the texts of their events.
public struct EQLHits: Sendable {
  private let plan: EQLPlan
  private let hits: [EQLHit]
  private let found: EQLSearch.Result
  /// The texts of stored events, by the places of candidates.
  private var stored: [Int: [UInt8]] = [:]

  /// Finds the hits, in Elasticsearch's order.
  ///
  /// - Parameters:
  ///   - plan: of the binding that found the candidates.
  ///   - limit: so many hits at most; `samplesPerKey` so many samples of each key.
  public init(_ plan: EQLPlan, in found: EQLSearch.Result, limit: Int?, samplesPerKey: Int = 1) {
    (self.plan, self.found) = (plan, found)
    hits = SequenceMatcher(plan, samplesPerKey: samplesPerKey).hits(
      found.candidates, in: found.candidates.ordered(), limit: limit)
  }

  public var count: Int { hits.count }

  // MARK: Texts of stored events

  /// The rows whose texts are to be read before hits are written, ascending, by their units.
  public func storedRows() -> [Int: [Int]] {
    var rows: [Int: Set<Int>] = [:]
    forEachStored { _, unit, row in rows[unit, default: []].insert(row) }
    return rows.mapValues { $0.sorted() }
  }

  /// Takes texts that were read: of each unit those of its rows, in order. Returns the number of events that have none.
  ///
  /// - Parameters:
  ///   - asked: the rows, by unit, whose texts were to be read; `unread` those that could not be.
  public mutating func take(_ texts: [Int: [[UInt8]]], asked: [Int: [Int]], unread: [Int: Set<Int>]) -> Int {
    var textOfRow: [Int: [Int: [UInt8]]] = [:]
    for (unit, all) in asked {
      let rows = all.filter { unread[unit]?.contains($0) != true }
      guard let texts = texts[unit], texts.count == rows.count else { continue }
      textOfRow[unit] = Dictionary(uniqueKeysWithValues: zip(rows, texts))
    }
    var (found, missing): ([Int: [UInt8]], Set<Int>) = ([:], [])
    forEachStored { place, unit, row in
      if let text = textOfRow[unit]?[row] { found[place] = text } else { missing.insert(place) }
    }
    stored = found
    return missing.count
  }

  private func forEachStored(_ body: (_ place: Int, _ unit: Int, _ row: Int) -> Void) {
    for hit in hits {
      for case let place? in hit.events {
        if case .row(let row) = found.texts[place] { body(place, found.candidates.orders[place] >> 32, Int(row)) }
      }
    }
  }

  private func json(_ place: Int) -> [UInt8] {
    switch found.texts[place] {
    case .json(let json): json
    // Its lack has been counted.
    case .row: stored[place] ?? Array("null".utf8)
    }
  }

  // MARK: Writing

  /// Writes the hits as lines: an event, or for a sequence or a sample an object of its keys and events.
  public func write(_ output: ([UInt8]) throws -> Void) rethrows {
    for hit in hits {
      var line: [UInt8] = []
      if plan.isOfEvents {
        line = hit.events.first.flatMap(\.self).map { json($0) } ?? []
      } else {
        line += "{\"join_keys\":[".utf8
        for (at, value) in hit.joinKey.values.enumerated() {
          if at > 0 { line.append(UInt8(ascii: ",")) }
          append(value, at, to: &line)
        }
        line += "],\"events\":[".utf8
        for (at, event) in hit.events.enumerated() {
          if at > 0 { line.append(UInt8(ascii: ",")) }
          line += event.map { json($0) } ?? Array("null".utf8)
        }
        line += "]}".utf8
      }
      line.append(UInt8(ascii: "\n"))
      try output(line)
    }
  }

  /// Writes the hits as rows of fields: a row for each event, of a sequence or a sample behind the hit's number, the place of the
  /// event in it, and its keys. A missing event has a row without values.
  ///
  /// - Returns: whether there were more fields than a list has.
  public func writeRows(
    _ fields: ChosenFields, as format: ListWriter.Format, _ output: @escaping ([UInt8]) throws -> Void
  ) throws -> Bool {
    let reader = ChosenReader(fields)
    var opened = OpenedFields()
    var rows: [(lead: [ListWriter.Cell], values: ChosenValues?)] = []
    for (number, hit) in hits.enumerated() {
      let keys = hit.joinKey.values.enumerated().map { at, value -> ListWriter.Cell in
        value.flatMap { written($0, at) }.map { .text($0.text) } ?? .none
      }
      for (step, event) in hit.events.enumerated() {
        let lead = plan.isOfEvents ? [] : [.number(number + 1), .number(step + 1)] + keys
        var values: ChosenValues?
        if let event {
          let document = try JSONDocument(json(event)[...])
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
    return opened.isCut
  }

  /// A value of a join key as it is written, and whether JSON has it as a text; nil for one that has no such form. As Elasticsearch
  /// gives it, the time that a sequence is joined by is a text, that of a sample a number.
  private func written(_ value: Value, _ place: Int) -> (text: String, isText: Bool)? {
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

  private func append(_ value: Value?, _ place: Int, to line: inout [UInt8]) {
    guard let written = value.flatMap({ written($0, place) }) else { return line += "null".utf8 }
    if written.isText { JSONString.appendQuoted(written.text, to: &line) } else { line += written.text.utf8 }
  }
}
