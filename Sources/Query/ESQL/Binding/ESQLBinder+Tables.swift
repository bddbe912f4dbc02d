import Events

/// The commands that look rows up in tables beside the events.
extension ESQLBinder {
  private func table(_ name: ESQLWritten, _ message: String) throws(TypeFault) -> ESQLTable {
    guard let table = tables[name.text] else {
      let known = tables.keys.sorted()
      throw TypeFault(
        message, at: name.range,
        hint: known.isEmpty
          ? "give it as --table \(name.text)=FILE"
          : "tables that were given: \(known.prefix(10).joined(separator: ", "))")
    }
    return table
  }

  mutating func enrich(
    _ policy: ESQLWritten, _ on: ESQLWritten?, _ with: [(new: ESQLWritten?, field: ESQLWritten)]
  ) throws(TypeFault) {
    let table = try table(policy, "cannot find enrich policy [\(policy.text)]")
    let key: ESQLWritten
    if let on {
      key = on
    } else {
      key = ESQLWritten(text: table.columns[table.first].name, range: policy.range)
    }
    let place = try existing(key)
    // The field that is matched is the one of the column's name, else the first.
    let matched = table.columns.firstIndex { $0.name == key.text } ?? table.first
    var taken: [(name: String, column: Int)] = []
    if with.isEmpty {
      taken = table.columns.indices.filter { $0 != matched }.map { (table.columns[$0].name, $0) }
    } else {
      for (new, field) in with {
        guard let column = table.columns.firstIndex(where: { $0.name == field.text }) else {
          let near = Self.near(field.text, among: table.columns.map(\.name))
          throw TypeFault(
            "Enrich field [\(field.text)] not found in enrich policy [\(policy.text)]"
              + (near.isEmpty ? "" : ", did you mean [\(near[0])]?"), at: field.range)
        }
        taken.append((new?.text ?? field.text, column))
      }
    }
    if let union = schema.columns[place].union { throw Self.ambiguous(key.text, union, key.range) }
    try checkConflict(place, key.range)
    let type = schema.columns[place].type
    let lookup = try ESQLLookup(
      table,
      on: [
        ESQLLookup.Key(
          place: place, column: matched, type: type, names: (key.text, table.columns[matched].name), range: key.range)
      ], taking: taken.map(\.column), matchesRanges: true, at: key.range)
    steps.append(.enrich(lookup))
    addAll(taken.map { ESQLSchema.Column(name: $0.name, type: table.columns[$0.column].type) })
  }

  mutating func join(_ name: ESQLWritten, _ on: [ESQLWritten], from start: Int) throws(TypeFault) {
    let table = try table(name, "Unknown index [\(name.text)]")
    var pairs: [ESQLLookup.Key] = []
    for column in on {
      let place = try existing(column)
      if let union = schema.columns[place].union { throw Self.ambiguous(column.text, union, column.range) }
      try checkConflict(place, column.range)
      guard let other = table.columns.firstIndex(where: { $0.name == column.text }) else {
        throw TypeFault("Unknown column [\(column.text)] in right side of join", at: column.range)
      }
      pairs.append(
        ESQLLookup.Key(
          place: place, column: other, type: schema.columns[place].type, names: (column.text, column.text),
          range: column.range))
    }
    let keys = Set(on.map(\.text))
    let taken = table.columns.indices.filter { !keys.contains(table.columns[$0].name) }
    let lookup = try ESQLLookup(
      table, on: pairs, taking: taken, matchesRanges: false, at: start..<(on.last?.range ?? name.range).upperBound)
    steps.append(.join(lookup))
    addAll(taken.map { ESQLSchema.Column(name: table.columns[$0].name, type: table.columns[$0].type) })
    lastsUntil = lastsUntil ?? "LOOKUP JOIN"
  }

  /// Joins by comparisons of a column with one of the table, and by conditions on columns of the table alone.
  mutating func join(_ name: ESQLWritten, where condition: ESQLTerm, from start: Int) throws(TypeFault) {
    let table = try table(name, "Unknown index [\(name.text)]")
    var equals: [ESQLLookup.Key] = []
    var compares: [(kind: ComparisonOperator, key: ESQLLookup.Key)] = []
    var kept = table
    for part in condition.conjuncts {
      var sides: Set<Side> = []
      var unknown: TypeFault?
      part.forEachColumnTerm { name, range in
        if let side = side(name, table) {
          sides.insert(side)
        } else {
          unknown = unknown ?? TypeFault(self.unknown(name), at: range)
        }
      }
      if let unknown { throw unknown }
      switch part.form {
      case .comparison(let kind, let first, let second):
        guard case .column(let one) = first.form, case .column(let other) = second.form, sides.count == 2 else { break }
        let isSwapped = side(one, table) == .table
        let (left, right) = isSwapped ? (other, one) : (one, other)
        guard let place = schema.place(of: left), let column = table.columns.firstIndex(where: { $0.name == right })
        else { break }
        if let union = schema.columns[place].union { throw Self.ambiguous(left, union, part.range) }
        try checkConflict(place, part.range)
        let key = ESQLLookup.Key(
          place: place, column: column, type: schema.columns[place].type, names: (left, right), range: part.range)
        if kind == .equal {
          equals.append(key)
        } else {
          compares.append((isSwapped ? kind.swapped : kind, key))
        }
        continue
      default: break
      }
      guard sides == [.table] else {
        throw TypeFault(
          "JOIN ON condition must compare a column of the left side with one of [\(name.text)], or ask for columns of the latter "
            + "alone, found [\(text(part.range))]", at: part.range)
      }
      kept = try filtered(kept, part)
    }
    guard !equals.isEmpty || !compares.isEmpty else {
      throw TypeFault(
        "JOIN ON condition must compare a column of the left side with one of [\(name.text)], found "
          + "[\(text(condition.range))]", at: condition.range)
    }
    let lookup = try ESQLLookup(
      kept, on: equals, comparing: compares, taking: Array(table.columns.indices), matchesRanges: false,
      at: start..<condition.reach.upperBound)
    steps.append(.join(lookup))
    addAll(table.columns.map { ESQLSchema.Column(name: $0.name, type: $0.type) })
    lastsUntil = lastsUntil ?? "LOOKUP JOIN"
  }

  private enum Side { case left, table }

  /// Where a name of a condition belongs; nil where there is none. A field that no event is known to have gives way to the
  /// table's column.
  private func side(_ name: String, _ table: ESQLTable) -> Side? {
    let isOfTable = table.columns.contains { $0.name == name }
    guard let place = schema.place(of: name) else { return isOfTable ? .table : nil }
    guard isOfTable else { return .left }
    return schema.columns[place].isField && !catalog.seen.contains(name) ? .table : .left
  }

  /// The rows of a table for which a condition on its columns is true.
  private mutating func filtered(_ table: ESQLTable, _ condition: ESQLTerm) throws(TypeFault) -> ESQLTable {
    let own = schema
    schema = ESQLSchema(table.columns.map { ESQLSchema.Column(name: $0.name, type: $0.type) })
    defer { schema = own }
    let bound = try bind(condition)
    guard bound.type == .boolean || bound.type == .null else {
      throw TypeFault(
        "Condition expression needs to be boolean, found [\(bound.type.rawValue.uppercased())]", at: condition.range)
    }
    return table.keeping { row in
      var notes = EvaluationNotes()
      return bound.value(row, &notes) == .boolean(true)
    }
  }

  /// Columns that a step has added at the right end; those with their names go.
  mutating func addAll(_ added: [ESQLSchema.Column]) {
    let width = schema.columns.count
    // Of two added columns of one name the last counts.
    let chosen = added.indices.filter { at in !added[(at + 1)...].contains { $0.name == added[at].name } }
    let names = Set(added.map(\.name))
    let kept = (0..<width).filter { !names.contains(schema.columns[$0].name) }
    steps.append(.select(kept + chosen.map { width + $0 }))
    schema = ESQLSchema(kept.map { schema.columns[$0] } + chosen.map { added[$0] })
  }
}

extension ESQLTerm {
  /// Calls `body` with the name of every column and where a term that holds it stands.
  fileprivate func forEachColumnTerm(_ body: (String, Range<Int>) -> Void) {
    switch form {
    case .column(let name): body(name, range)
    case .comparison(_, let left, let right), .arithmetic(_, let left, let right), .or(let left, let right):
      left.forEachColumnTerm(body)
      right.forEachColumnTerm(body)
    default: forEachColumn { body($0, range) }
    }
  }
}
