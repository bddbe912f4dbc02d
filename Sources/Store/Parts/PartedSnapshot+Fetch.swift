import Events

extension PartedSnapshot {
  public func fetch(
    _ references: [EventReference], _ projection: Projection, _ body: (ScanBatch) throws -> Void
  ) async throws -> (notFound: [EventReference], missing: [MissingPart]) {
    var seen: Set<EventReference> = []
    let wanted = references.filter { seen.insert($0).inserted }
    var found: [EventReference: (part: Part, row: Int)] = [:]
    var missing = missingParts
    // Each is looked for where it lay first, and then everywhere: it may have been moved.
    let first = Dictionary(grouping: wanted, by: \.part)
    for part in parts {
      if let here = first[part.number] { look(for: here, in: part, &found, &missing) }
    }
    for part in parts where found.count < wanted.count {
      look(for: wanted.filter { found[$0] == nil && $0.part != part.number }, in: part, &found, &missing)
    }
    let damaged = try deliver(
      wanted.compactMap { found[$0] }, projection.plan(.standard)
    ) {
      try body($0)
      return .more
    }
    for part in damaged where !missing.contains(part) { missing.append(part) }
    let notFound = wanted.filter { found[$0] == nil }
    // Where all were found, what is missing has none of them.
    return (notFound, notFound.isEmpty && damaged.isEmpty ? [] : missing)
  }

  private func look(
    for references: [EventReference], in part: Part, _ found: inout [EventReference: (part: Part, row: Int)],
    _ missing: inout [MissingPart]
  ) {
    guard !references.isEmpty else { return }
    let sorted = references.sorted { $0.identity.precedes($1.identity) }
    do {
      let hidden = Set(part.hidden)
      for (place, row) in try part.rows(of: sorted.map(\.identity)) where !hidden.contains(row) {
        found[sorted[place]] = (part, row)
      }
    } catch {
      let damage = DamagedPart(part, error).part
      if !missing.contains(damage) { missing.append(damage) }
    }
  }

  public func references(of ids: [EventID]) async throws -> (references: [EventReference], missing: [MissingPart]) {
    let sorted = Array(Set(ids)).sorted()
    var found: [EventID: [EventReference]] = [:]
    var missing = missingParts
    try await forEachAnswer(of: parts) { part -> [EventReference] in
      let rows = try part.rows(ofIDs: sorted)
      guard !rows.isEmpty else { return [] }
      let hidden = Set(part.hidden)
      let heads = try part.heads()
      return rows.filter { !hidden.contains($0.row) }.map {
        EventReference(heads[$0.row].identity, part: part.number)
      }
    } fail: {
      missing.append($0.part)
    } take: { _, references in
      for reference in references { found[reference.identity.id, default: []].append(reference) }
      return .more
    }
    var seen: Set<EventID> = []
    let ordered = ids.filter { seen.insert($0).inserted }.flatMap { id in
      (found[id] ?? []).sorted { $0.identity.precedes($1.identity) }
    }
    return (ordered, missing)
  }
}
