import Events

extension ESQLBinder {
  static let metadataTypes: [String: (DataType, FieldType?)] = [
    "_id": (.keyword, nil), "_index": (.keyword, nil), "_version": (.long, nil), "_source": (.keyword, nil),
    "_ignored": (.keyword, nil), "_score": (.double, nil), "_index_mode": (.keyword, nil),
  ]

  mutating func set(_ setting: ESQLSetting) throws(TypeFault) {
    guard case .literal(let cell, _) = setting.value.form else { return }
    let value = cell.single?.textValue?.lowercased() ?? ""
    switch setting.name.text.lowercased() {
    case "unmapped_fields":
      switch value {
      case "fail", "default": unmapped = .refused
      case "nullify": unmapped = .null
      case "load": unmapped = .loaded
      default:
        throw TypeFault(
          "Invalid value [\(value)] for setting [unmapped_fields], expected one of [FAIL, NULLIFY, LOAD]",
          at: setting.value.range)
      }
    case "time_zone":
      guard ["z", "utc", "+00:00"].contains(value) else {
        throw TypeFault("the setting [time_zone] is only supported as UTC", at: setting.value.range)
      }
    default: throw TypeFault("Unknown setting [\(setting.name.text)]", at: setting.name.range)
    }
  }

  /// Binds the first command: the columns of events, or the one row.
  mutating func bindSource() throws(TypeFault) -> ESQLPage? {
    guard let command = query.commands.first else { return nil }
    switch command.form {
    case .row(let written):
      // One row without columns, to which they are added.
      for field in written {
        do throws(TypeFault) {
          let value = try bind(field.term)
          guard !value.type.isSpan else {
            throw TypeFault("cannot use [\(text(field.term.range))] directly in a row assignment", at: field.term.range)
          }
          add(
            ESQLSchema.Column(
              name: field.name?.text ?? text(field.range), type: value.type, constant: constant(value).constant), value)
        } catch {
          problems.append(shown(error))
        }
      }
      return ESQLPage(rowCount: 1, columns: [])
    case .show:
      let columns = [("version", "9.2.0"), ("date", "2026-01-01"), ("hash", "martlet")]
      schema = ESQLSchema(columns.map { ESQLSchema.Column(name: $0.0, type: .keyword) })
      return ESQLPage(
        rowCount: 1, columns: columns.map { CellColumn(.keyword, constant: .text($0.1), rowCount: 1) })
    case .from(_, let asked):
      let subqueries = query.subqueries
      if !subqueries.isEmpty {
        try bindUnion(asked, subqueries)
        return nil
      }
      let (names, patterns, showsAll) = passing
      var wanted: Set<String> = []
      for name in names {
        if catalog.type(of: name) != nil || unmapped == .loaded && Self.metadataTypes[name] == nil {
          wanted.insert(name)
        }
      }
      if showsAll || !patterns.isEmpty {
        let shown = catalog.shown
        for pattern in patterns {
          let matcher = WildcardMatcher(WildcardPattern(stars: pattern))
          wanted.formUnion(shown.filter { matcher.matches($0) })
        }
        if showsAll { wanted.formUnion(shown) }
      }
      wanted.subtract(Self.metadataTypes.keys)
      // Of each column where its values stand among what is read; points are made of several.
      var places: [Int] = []
      var points: [(column: Int, first: Int)] = []
      for name in wanted.sorted() {
        if let union = catalog.union(of: name) {
          schema.append(ESQLSchema.Column(name: name, type: .unsupported, isField: true, union: union))
          places.append(fields.count)
          fields.append((catalog.fields.resolve(name).sourcePath, .dynamic, .once))
          continue
        }
        let type = catalog.type(of: name) ?? .wildcard
        guard let column = DataType(column: type) else { continue }
        schema.append(ESQLSchema.Column(name: name, type: column, isField: true))
        places.append(fields.count)
        if type == .geoPoint {
          points.append((places.count - 1, fields.count))
          // As of all others, the values of an alias or a multi-field are those of the field that it is of.
          let path = catalog.fields.resolve(name).sourcePath
          for part in GeoPoints.parts { fields.append((path + part, .dynamic, .asWritten)) }
          continue
        }
        // The values of a multi-field are those of the field that it is of, read as its own type.
        fields.append((catalog.fields.resolve(name).sourcePath, type, keeping(of: name, as: type)))
      }
      for name in asked {
        guard let (type, _) = Self.metadataTypes[name.text] else {
          throw TypeFault("unsupported metadata field [\(name.text)]", at: name.range)
        }
        guard !metadata.contains(name.text) else {
          throw TypeFault("metadata field [\(name.text)] already declared", at: name.range)
        }
        metadata.append(name.text)
        schema.append(ESQLSchema.Column(name: name.text, type: type, isSource: name.text == "_source"))
      }
      if isOfRule, !query.isAggregating, !metadata.contains("_id") {
        metadata.append("_id")
        schema.append(ESQLSchema.Column(name: "_id", type: .keyword))
      }
      makePoints(points, places)
      return nil
    default: return nil
    }
  }

  /// Makes points of the fields that they are read from, and chooses the columns.
  ///
  /// - Parameters:
  ///   - points: of each its column, and the first of its fields.
  ///   - places: of each column that is no metadata where it stands among what is read.
  private mutating func makePoints(_ points: [(column: Int, first: Int)], _ places: [Int]) {
    guard !points.isEmpty else { return }
    var chosen = places + metadata.indices.map { fields.count + $0 }
    for (number, point) in points.enumerated() {
      let parts = GeoPoints.parts.indices.map { part in
        TypedExpression(.column(point.first + part), .keyword, 0..<0)
      }
      steps.append(.append(TypedExpression(.apply(GeoPoints.function, parts), .geoPoint, 0..<0)))
      chosen[point.column] = fields.count + metadata.count + number
    }
    steps.append(.select(chosen))
  }

  /// What is kept of several values of a field.
  private func keeping(of name: String, as type: FieldType) -> ValueKeeping {
    // A field that no index has is loaded from the events as they came.
    catalog.type(of: name) == nil ? .asWritten : catalog.fields.keeping(of: name, as: type)
  }
}

extension ESQLQuery {
  /// Names of columns that occur anywhere, and patterns of names.
  public func mentions() -> (names: Set<String>, patterns: [String]) { Self.mentions(allCommands) }

  /// The same of its own commands, without those of subqueries.
  func ownMentions() -> (names: Set<String>, patterns: [String]) { Self.mentions(commands) }

  /// The same of some commands.
  static func mentions(_ commands: [ESQLCommand]) -> (names: Set<String>, patterns: [String]) {
    var names: Set<String> = []
    var patterns: [String] = []
    func visit(_ field: ESQLField) {
      field.term.forEachColumn { names.insert($0) }
      field.condition?.forEachColumn { names.insert($0) }
    }
    for command in commands {
      switch command.form {
      case .from, .show: break
      case .row(let fields), .eval(let fields): fields.forEach(visit)
      case .filter(let term): term.forEachColumn { names.insert($0) }
      case .stats(let aggregates, let keys, _):
        (aggregates + keys).forEach(visit)
        // FIRST and LAST of one argument go by time.
        names.insert("@timestamp")
      case .keep(let written), .drop(let written):
        for one in written { if one.isQuoted { names.insert(one.text) } else { patterns.append(one.text) } }
      case .rename(let pairs): for (old, _) in pairs { names.insert(old.text) }
      case .sort(let keys): for key in keys { key.term.forEachColumn { names.insert($0) } }
      case .limit(_, let groups): for group in groups { group.forEachColumn { names.insert($0) } }
      case .dissect(let term, _, _), .grok(let term, _), .completion(_, let term):
        term.forEachColumn { names.insert($0) }
      case .expand(let name): names.insert(name.text)
      case .changePoint(let value, let key, _, _, let groups, _):
        for group in groups { group.forEachColumn { names.insert($0) } }
        names.insert(value.text)
        names.insert(key?.text ?? "@timestamp")
      case .enrich(let policy, let on, _): names.insert(on?.text ?? policy.text)
      case .join(_, let on, let condition):
        for one in on { names.insert(one.text) }
        condition?.forEachColumn { names.insert($0) }
      }
    }
    return (names, patterns)
  }

  /// True where columns that are not named reach the answer: nothing chooses among them.
  public var showsAllColumns: Bool {
    let subqueries = subqueries
    return showsAllOfSource
      && (subqueries.isEmpty || !ownSources.isEmpty || subqueries.contains(where: \.showsAllColumns))
  }

  /// True where nothing chooses among the columns that `FROM` gives.
  var showsAllOfSource: Bool {
    !commands.contains { command in
      switch command.form {
      case .stats(_, _, isInline: false), .keep: true
      default: false
      }
    }
  }

  /// True where the answer depends on which fields events have.
  public var needsSeenFields: Bool { showsAllColumns || !mentions().patterns.isEmpty }
}

extension ESQLTerm {
  /// Calls `body` with the name of every column.
  func forEachColumn(_ body: (String) -> Void) {
    switch form {
    case .literal, .star: break
    case .column(let name): body(name)
    case .negative(let inner), .not(let inner), .isNull(let inner), .isNotNull(let inner), .cast(let inner, _),
      .like(let inner, _, _):
      inner.forEachColumn(body)
    case .arithmetic(_, let left, let right), .comparison(_, let left, let right), .and(let left, let right),
      .or(let left, let right), .match(let left, let right):
      left.forEachColumn(body)
      right.forEachColumn(body)
    case .amongRows(let value, _): value.forEachColumn(body)
    case .among(let value, let list):
      value.forEachColumn(body)
      for one in list { one.forEachColumn(body) }
    case .function(let name, _, let arguments, _):
      // The field itself is no column of its own where nothing is known of it.
      if let (_, leaf) = ESQLTerm.extracted(name, arguments) { return body(leaf) }
      if ESQLBinder.timeFunctions.contains(name.uppercased()) { body("@timestamp") }
      for one in arguments { one.forEachColumn(body) }
    }
  }
}
