/// Runs the commands of a query over rows, one command after the other and row by row.
struct PlainRun {
  let tables: [String: PlainTable]
  var evaluation = PlainEvaluation()

  mutating func run(_ command: PlainCommand, _ table: inout PlainTable) {
    switch command {
    case .filter(let term):
      table.rows = table.rows.filter { evaluation.truth(term, $0) == true }
    case .eval(let fields):
      for (name, term) in fields {
        for row in table.rows.indices { table.rows[row][name] = evaluation.value(term, table.rows[row]) }
        table.place(name, term.type)
      }
    case .keep(let names): keep(names, &table)
    case .drop(let names):
      table.columns.removeAll { column in names.contains { Self.fits($0, column.name) } }
    case .rename(let pairs):
      for (old, new) in pairs where old != new {
        table.columns.removeAll { $0.name == new }
        table.columns = table.columns.map { .init(name: $0.name == old ? new : $0.name, type: $0.type) }
        for row in table.rows.indices { table.rows[row][new] = table.rows[row].removeValue(forKey: old) }
      }
    case .stats(let aggregates, let keys, let isInline):
      if isInline { inline(aggregates, keys, &table) } else { stats(aggregates, keys, &table) }
    case .sort(let keys): sort(keys, &table)
    case .limit(let count): table.rows = Array(table.rows.prefix(count))
    case .limitBy(let count, let groups):
      var taken: [[PlainCell]: Int] = [:]
      table.rows = table.rows.filter { row in
        let group = groups.map { evaluation.value($0, row) }
        taken[group, default: 0] += 1
        return taken[group, default: 0] <= count
      }
    case .expand(let name):
      table.rows = table.rows.flatMap { row in
        let values = row[name] ?? []
        return values.count < 2
          ? [row]
          : values.map { value in
            var row = row
            row[name] = [value]
            return row
          }
      }
    case .dissect(let term, let pattern):
      extract(term, pattern.names.map { ($0, .keyword) }, &table) { text in
        pattern.values(text).map { found in pattern.names.map { .text(found[$0] ?? "") } }
      }
    case .grok(let term, let pattern): extract(term, pattern.columns, &table) { pattern.values($0) }
    case .join(let name, let columns): join(tables[name]!, columns, &table)
    case .enrich(let name, let on, let with): enrich(tables[name]!, on, with, &table)
    }
  }

  // MARK: columns

  private static func fits(_ pattern: String, _ name: String) -> Bool {
    pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
  }

  /// The best entry that a column fits decides its place: its name, then a pattern, then `*`; of equal ones the last.
  private func keep(_ entries: [String], _ table: inout PlainTable) {
    func rank(_ entry: String) -> Int { entry == "*" ? 0 : entry.hasSuffix("*") ? 1 : 2 }
    var placed: [[PlainTable.Column]] = entries.map { _ in [] }
    for column in table.columns {
      let fitting = entries.indices.filter { Self.fits(entries[$0], column.name) }
      guard let best = fitting.map({ rank(entries[$0]) }).max() else { continue }
      placed[fitting.last { rank(entries[$0]) == best }!].append(column)
    }
    table.columns = placed.flatMap(\.self)
  }

  private mutating func extract(
    _ term: PlainTerm, _ columns: [(name: String, type: PlainType)], _ table: inout PlainTable,
    _ body: (String) -> [Plain]?
  ) {
    for row in table.rows.indices {
      var found: [PlainCell] = columns.map { _ in [] }
      for value in evaluation.value(term, table.rows[row]) {
        guard let values = body(value.text) else { continue }
        for at in columns.indices { found[at].append(values[at]) }
      }
      for at in columns.indices { table.rows[row][columns[at].name] = found[at] }
    }
    for (name, type) in columns { table.place(name, type) }
  }

  // MARK: order

  private mutating func sort(_ keys: [PlainCommand.SortKey], _ table: inout PlainTable) {
    let worth = table.rows.map { row in
      keys.map { key -> Plain? in
        let values = evaluation.value(key.term, row).sorted { $0.order($1) < 0 }
        return key.isDescending ? values.last : values.first
      }
    }
    func comes(_ left: Int, before right: Int) -> Bool {
      for (at, key) in keys.enumerated() {
        let nullsFirst = key.nullsFirst ?? key.isDescending
        switch (worth[left][at], worth[right][at]) {
        case (nil, nil): continue
        case (nil, _): return nullsFirst
        case (_, nil): return !nullsFirst
        case (let first?, let second?):
          let order = first.order(second)
          if order != 0 { return key.isDescending ? order > 0 : order < 0 }
        }
      }
      return left < right
    }
    table.rows = table.rows.indices.sorted { comes($0, before: $1) }.map { table.rows[$0] }
  }

  // MARK: other tables

  private mutating func join(_ other: PlainTable, _ keys: [String], _ table: inout PlainTable) {
    let taken = other.columns.filter { !keys.contains($0.name) }
    var rows: [[String: PlainCell]] = []
    for row in table.rows {
      let values = keys.map { row[$0] ?? [] }
      if values.contains(where: { $0.count > 1 }) { evaluation.warnings.insert("LOOKUP JOIN encountered multi-value") }
      // Rows of the table with several values in a key match none, and are warned of where one of them would.
      let isSeveral = other.rows.contains { line in
        keys.contains { line[$0]!.count > 1 }
          && zip(keys, values).allSatisfy { key, value in value.count == 1 && line[key]!.contains(value[0]) }
      }
      if isSeveral { evaluation.warnings.insert("LOOKUP JOIN encountered multi-value") }
      let found = other.rows.filter { line in
        zip(keys, values).allSatisfy { key, value in
          value.count == 1 && line[key]?.count == 1 && line[key]![0].order(value[0]) == 0
        }
      }
      for line in found.isEmpty ? [[:]] : found {
        var row = row
        for column in taken { row[column.name] = line[column.name] ?? [] }
        rows.append(row)
      }
    }
    table.rows = rows
    for column in taken { table.place(column.name, column.type) }
  }

  private func enrich(
    _ other: PlainTable, _ on: String, _ with: [(new: String, field: String)], _ table: inout PlainTable
  ) {
    let taken = with.isEmpty ? other.columns.filter { $0.name != on }.map { ($0.name, $0.name) } : with
    for row in table.rows.indices {
      let values = table.rows[row][on] ?? []
      let found = other.rows.filter { line in (line[on] ?? []).contains { values.contains($0) } }
      for (new, field) in taken { table.rows[row][new] = found.flatMap { $0[field] ?? [] } }
    }
    for (new, field) in taken {
      table.place(new, other.columns.first { $0.name == field }!.type)
    }
  }
}
