/// `STATS` and `INLINE STATS`.
extension ESQLBinder {
  mutating func stats(_ aggregates: [ESQLField], _ keys: [ESQLField], isInline: Bool) throws(TypeFault) {
    try checkNames(aggregates, keys)
    let start = problems.count
    defer { grouping = .outside }
    var scope = ESQLAggregateScope()
    for key in keys {
      do throws(TypeFault) {
        grouping = .keys
        let value = try bind(key.term)
        guard !value.type.isSpan else {
          throw TypeFault(
            "cannot group by on [\(value.type.rawValue)] type for grouping [\(text(key.range))]", at: key.range)
        }
        if isSource(value) { throw TypeFault("cannot group by [_source]", at: key.range) }
        let name = key.name?.text ?? keyName(key)
        for other in scope.keys where other.name == name { warnShadowed(name, other.range, by: key.range) }
        scope.keys.removeAll { $0.name == name }
        scope.keys.append((name, value, key.term.shape, key.range))
      } catch {
        problems.append(shown(error))
      }
    }
    // Where a key is wrong, only names that there are not are told of the rest, which may hang on the key.
    let hasKeys = problems.count == start
    var outputs: [(name: String, value: TypedExpression, range: Range<Int>)] = []
    for field in aggregates {
      do throws(TypeFault) {
        scope.condition = nil
        if let condition = field.condition {
          isInFilter = true
          grouping = .condition(field.range)
          // Conditions see keys by their names, as what aggregates take does.
          collected = scope
          collected?.isInsideAggregate = true
          defer {
            isInFilter = false
            collected = nil
          }
          let bound = try bind(condition)
          guard bound.type == .boolean || bound.type == .null else {
            throw TypeFault(
              "Condition expression needs to be boolean, found [\(bound.type.rawValue.uppercased())]",
              at: condition.range)
          }
          scope.condition = bound
        }
        collected = scope
        defer { collected = nil }
        grouping = .aggregates
        let before = problems.count
        let value = try bind(field.term)
        if problems.count > before {
          if !hasKeys { problems.removeLast(problems.count - before) }
          continue
        }
        let found = collected?.count ?? 0
        if found == scope.count {
          if let condition = field.condition {
            throw TypeFault(
              "WHERE clause allowed only for aggregate functions, none found in [\(text(field.range))]",
              at: condition.range)
          }
          if case .column = value.node {
            let what = if case .function = field.term.form { "function" } else { "key" }
            throw TypeFault(
              "grouping \(what) [\(text(field.term.range))] cannot be used as an aggregate once declared in the STATS BY clause",
              at: field.term.range)
          }
          // What is made of keys alone needs no aggregate.
          guard !value.columns.isEmpty else {
            throw TypeFault(
              "expected an aggregate function but found [\(text(field.term.range))]", at: field.term.range)
          }
        }
        scope.count = found
        scope.calls = collected?.calls ?? []
        let name = field.name?.text ?? text(field.range)
        for other in outputs where other.name == name { warnShadowed(name, other.range, by: field.range) }
        outputs.removeAll { $0.name == name }
        if let key = scope.keys.first(where: { $0.name == name }) {
          warnShadowed(name, field.range, by: key.range)
          continue
        }
        outputs.append((name, value, field.range))
      } catch {
        if hasKeys || error.message.hasPrefix("Unknown column") { problems.append(shown(error)) }
      }
    }
    guard problems.count == start else { return }
    let count = scope.calls.count
    // A column that is a key under several names makes groups once.
    let keyed = scope.keys.map(\.expression)
    let (unique, places) = isInline ? (keyed, Array(keyed.indices)) : distinct(keyed)
    let moved = outputs.map { output in
      output.value.movingColumns {
        $0 >= ESQLAggregateScope.firstKey ? places[$0 - ESQLAggregateScope.firstKey] + count : $0
      }
    }
    let results = outputs.map { ESQLSchema.Column(name: $0.name, type: $0.value.type) }
    let stats = ESQLStats(keys: unique, aggregates: scope.calls, outputs: moved)
    let keyColumns = scope.keys.map { ESQLSchema.Column(name: $0.name, type: $0.expression.type) }
    guard isInline else {
      steps.append(.stats(stats))
      if unique.count < places.count {
        steps.append(.select(Array(results.indices) + places.map { results.count + $0 }))
      }
      schema = ESQLSchema(results + keyColumns)
      return
    }
    // Old columns, less those that come anew, then aggregates, then keys.
    steps.append(.inlineStats(stats))
    let names = Set(results.map(\.name) + keyColumns.map(\.name))
    let width = schema.columns.count
    let kept = (0..<width).filter { !names.contains(schema.columns[$0].name) }
    steps.append(
      .select(kept + results.indices.map { width + $0 } + places.map { width + results.count + $0 }))
    schema = ESQLSchema(
      kept.map { schema.columns[$0] } + results
        + zip(keyColumns, scope.keys).map { column, key in
          var column = column
          column.isField = isField(key.expression) && column.name == sourceName(key.expression)
          return column
        })
  }

  /// The keys without those that are the same column again, and the place of each among them.
  private func distinct(_ keys: [TypedExpression]) -> (unique: [TypedExpression], places: [Int]) {
    var unique: [TypedExpression] = []
    var places: [Int] = []
    for key in keys {
      let known = unique.firstIndex { other in
        guard case .column(let place) = key.node, case .column(let earlier) = other.node,
          place < schema.columns.count, earlier < schema.columns.count
        else { return false }
        return place == earlier || schema.columns[place].identity === schema.columns[earlier].identity
      }
      places.append(known ?? unique.count)
      if known == nil { unique.append(key) }
    }
    return (unique, places)
  }

  private mutating func warnShadowed(_ name: String, _ old: Range<Int>, by new: Range<Int>) {
    let (old, new) = (shown(TypeFault("", at: old)), shown(TypeFault("", at: new)))
    warnings.append(
      "Line \(old.line):\(old.column): Field '\(name)' shadowed by field at line \(new.line):\(new.column)")
  }

  private func sourceName(_ value: TypedExpression) -> String? {
    if case .column(let place) = value.node, place < schema.columns.count { schema.columns[place].name } else { nil }
  }

  /// Throws where an aggregate is nothing but a key, or a column that a key is made of.
  private func checkNames(_ aggregates: [ESQLField], _ keys: [ESQLField]) throws(TypeFault) {
    let names = Set(keys.map { $0.name?.text ?? keyName($0) })
    var columns: Set<String> = []
    for key in keys { key.term.forEachColumn { columns.insert($0) } }
    for field in aggregates where field.condition == nil {
      let written = text(field.term.range)
      if case .function = field.term.form { continue }
      if names.contains(written) {
        throw TypeFault("grouping key [\(written)] already specified in the STATS BY clause", at: field.term.range)
      }
      if columns.contains(written) {
        throw TypeFault("Cannot specify grouping expression [\(written)] as an aggregate", at: field.term.range)
      }
    }
  }

  private func keyName(_ key: ESQLField) -> String {
    if case .column(let name) = key.term.form, key.term.outerRange == nil { return name }
    return text(key.range)
  }
}
