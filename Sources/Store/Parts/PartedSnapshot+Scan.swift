import Events
import Query

extension PartedSnapshot {
  public func scan(_ request: ScanRequest, _ body: (ScanBatch) throws -> ScanStep) async throws -> ReadSummary {
    if let limit = request.limit, limit <= 0 { return ReadSummary() }
    if case .stored = request.order { return try await scanAsStored(request, body) }
    return try await scanSorted(request, body)
  }

  private func scanAsStored(
    _ request: ScanRequest, _ body: (ScanBatch) throws -> ScanStep
  ) async throws -> ReadSummary {
    let bound = BoundSelection(request.selection)
    let plan = request.projection.plan(request.selection.catalog)
    var (parts, missing) = concerned(by: bound)
    var summary = ReadSummary()
    var left = request.limit ?? .max
    try await forEachAnswer(of: parts) { [limit = request.limit ?? .max] part in
      let (rows, summary) = try bound.answer(of: part, needsTimes: true) { answer, _ in answer.rows }
      return (try batch(of: part, Array(rows.prefix(limit)), plan), summary)
    } fail: {
      missing.append($0.part)
    } take: { part, answer in
      summary.add(answer.1)
      guard var found = answer.0 else { return .more }
      if found.heads.count > left { found = found.prefix(left) }
      left -= found.heads.count
      do {
        guard case .more = try body(found) else { return .enough }
      } catch let damage as DamagedPart {
        missing.append(damage.part)
      }
      return left > 0 ? .more : .enough
    }
    summary.missing = missing
    return summary
  }

  /// Some rows of a part, ascending; nil where there are none.
  private func batch(of part: Part, _ rows: [Int], _ plan: FieldPlan) throws -> ScanBatch? {
    guard !rows.isEmpty else { return nil }
    let all = try part.heads()
    let heads = rows.map { all[$0] }
    let events = try part.events(plan)
    return ScanBatch(
      events: rows.count == part.rowCount ? events : events.selecting(rows), heads: heads,
      references: heads.map { EventReference($0.identity, part: part.number) }
    ) { chosen, body in
      try Self.withSources(of: part, chosen.map { rows[$0] }, body)
    }
  }

  /// Hands on texts, and tells a part that cannot be read from what `body` throws.
  static func withSources(
    of part: Part, _ rows: [Int], _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    var failure: (any Error)?
    do {
      try part.withSources(rows) { place, text in
        do {
          try body(place, text)
        } catch {
          failure = error
          throw error
        }
      }
    } catch {
      if let failure { throw failure }
      throw DamagedPart(part, error)
    }
  }

  // MARK: In an order

  private func scanSorted(
    _ request: ScanRequest, _ body: (ScanBatch) throws -> ScanStep
  ) async throws -> ReadSummary {
    var bound = BoundSelection(request.selection)
    let order = EventOrder(request.order)
    let columns = order.keys.map { bound.add($0.field) }
    let limit = request.limit ?? .max
    var (parts, missing) = concerned(by: bound)
    let places = Dictionary(uniqueKeysWithValues: zip(parts.map(\.number), parts.indices))
    var summary = ReadSummary()
    var found: [PlacedEvent] = []
    try await forEachAnswer(of: parts) { [bound] part in
      let (found, summary) = try bound.answer(of: part, needsTimes: true) { answer, _ -> [PlacedEvent] in
        guard !answer.rows.isEmpty else { return [] }
        let heads = try part.heads()
        let placed = answer.rows.map { row in
          let values = columns.map { place, _ in
            (answer.events?.columns[place]).map { column in
              let code = column.code(row: row)
              return SortValue(code == 0 ? nil : column.dictionary.text(code))
            } ?? SortValue.none
          }
          return PlacedEvent(
            keys: values, time: answer.times?[row] ?? .missing, identity: heads[row].identity,
            part: places[part.number] ?? 0, row: row)
        }
        return placed.count <= limit ? placed : Array(placed.sorted(by: order.precedes).prefix(limit))
      }
      return (found, summary)
    } fail: {
      missing.append($0.part)
    } take: { _, answer in
      summary.add(answer.1)
      found += answer.0
      if found.count > max(limit, 1 << 16) { found = Array(found.sorted(by: order.precedes).prefix(limit)) }
      guard found.count <= ScanRequest.mostSorted else {
        throw StoreRequestError.tooManyToSort(most: ScanRequest.mostSorted)
      }
      return .more
    }
    found = Array(found.sorted(by: order.precedes).prefix(limit))
    let plan = request.projection.plan(request.selection.catalog)
    missing += try deliver(found.map { (parts[$0.part], $0.row) }, plan, body)
    summary.missing = missing
    return summary
  }

  /// Events that are handed on at once where they lie in several parts.
  private static var deliveredAtOnce: Int { 8192 }

  /// Hands on events of several parts in the order given. Those of a part that cannot be read are left out, and it is given
  /// back.
  func deliver(
    _ events: [(part: Part, row: Int)], _ plan: FieldPlan, _ body: (ScanBatch) throws -> ScanStep
  ) throws -> [MissingPart] {
    var damaged: [Int64: MissingPart] = [:]
    for start in stride(from: 0, to: events.count, by: Self.deliveredAtOnce) {
      try Task.checkCancellation()
      let chosen = events[start..<min(start + Self.deliveredAtOnce, events.count)]
      var rows: [Int64: (part: Part, rows: [Int])] = [:]
      for (part, row) in chosen { rows[part.number, default: (part, [])].rows.append(row) }
      var pieces: [(part: Part, rows: [Int], heads: [EventHead], events: EventBatch)] = []
      for (part, rows) in rows.values.sorted(by: { $0.part.number < $1.part.number }) where damaged[part.number] == nil
      {
        do {
          let rows = rows.sorted()
          let all = try part.heads()
          pieces.append((part, rows, rows.map { all[$0] }, try part.events(plan).selecting(rows)))
        } catch {
          damaged[part.number] = DamagedPart(part, error).part
        }
      }
      guard !pieces.isEmpty else { continue }
      // Where each event lies in the pieces put one behind the other.
      var starts: [Int64: Int] = [:]
      var total = 0
      for piece in pieces {
        starts[piece.part.number] = total
        total += piece.rows.count
      }
      var order: [(piece: Int, row: Int, place: Int)] = []
      let numbers = Dictionary(uniqueKeysWithValues: pieces.enumerated().map { ($0.element.part.number, $0.offset) })
      for (part, row) in chosen {
        guard let piece = numbers[part.number], let start = starts[part.number] else { continue }
        order.append((piece, row, start + Self.place(of: row, in: pieces[piece].rows)))
      }
      let joined = pieces.count == 1 ? pieces[0].events : EventBatch(joining: pieces.map(\.events))
      let heads = pieces.flatMap(\.heads)
      let owners = pieces.map(\.part)
      let batch = ScanBatch(
        events: joined.selecting(order.map(\.place)), heads: order.map { heads[$0.place] },
        references: order.map { EventReference(heads[$0.place].identity, part: owners[$0.piece].number) }
      ) { chosen, body in
        // One by one: neighbours of an order seldom lie in one part.
        for (place, row) in chosen.enumerated() {
          try Self.withSources(of: owners[order[row].piece], [order[row].row]) { _, text in try body(place, text) }
        }
      }
      do {
        guard case .more = try body(batch) else { break }
      } catch let damage as DamagedPart {
        damaged[damage.number] = damage.part
      }
    }
    return damaged.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func place(of row: Int, in rows: [Int]) -> Int {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < row { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension ScanBatch {
  /// The first events.
  fileprivate func prefix(_ count: Int) -> ScanBatch {
    ScanBatch(
      events: events.selecting(Array(0..<count)), heads: Array(heads.prefix(count)),
      references: Array(references.prefix(count)), sources: sources)
  }
}
