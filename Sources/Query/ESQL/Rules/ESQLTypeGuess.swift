import Events

/// What types fields can be taken to have of which nothing is known but how a query uses them.
///
/// Columns whose values must be of one type (`a == b`, `COALESCE(a, b)`, `EVAL a = b`) have one, and what is known of any of
/// them holds for all, wherever it is said. A use says nothing that contradicts one before it.
struct ESQLTypeGuess {
  /// By name the types of fields that uses tell something of.
  private(set) var types: [String: FieldType] = [:]

  let query: ESQLQuery
  let catalog: ESQLCatalog
  let tables: [String: ESQLTable]
  var graph = ESQLTypeGraph()
  /// Fields of which nothing is known, as they are met.
  private var fields: [String: Int] = [:]
  /// Columns that commands so far have made.
  var columns: [String: Int] = [:]
  /// False behind `STATS`, where names are those of columns alone.
  private var hasFields = true

  /// How often the query is gone through at most: each time but the last tells more of some field.
  private static let mostRounds = 20

  init(_ query: ESQLQuery, _ catalog: ESQLCatalog, _ tables: [String: ESQLTable]) {
    (self.query, self.catalog, self.tables) = (query, catalog, tables)
    settle()
    // What is computed with and may be any number is one with decimals; others may follow from that.
    if graph.widenNumbers() { settle() }
    for (name, field) in fields { types[name] = graph.type(field).flatMap(Self.fieldType) }
  }

  /// Goes through the query until nothing new comes of it.
  private mutating func settle() {
    for _ in 0..<Self.mostRounds {
      graph.hasChanged = false
      look(query)
      guard graph.hasChanged else { return }
    }
  }

  private static func fieldType(_ type: DataType) -> FieldType? {
    switch type {
    case .boolean: .boolean
    case .integer: .narrow(.whole(bits: 32))
    case .long: .integer
    case .unsignedLong: .narrow(.unsignedLong)
    case .double: .double
    case .ip: .ip
    case .version: .version
    case .date: .date(nil)
    case .dateNanos: .dateNanos(nil)
    case .geoPoint: .geoPoint
    case .keyword, .text: .wildcard
    default: nil
    }
  }

  /// The column of a name.
  mutating func column(_ name: String) -> Int {
    if let column = columns[name] { return column }
    guard hasFields else { return graph.add(nil) }
    if let (type, _) = ESQLBinder.metadataTypes[name] { return graph.add(type) }
    if let known = catalog.type(of: name) {
      guard catalog.union(of: name) == nil, let type = DataType(column: known) else { return graph.add(nil) }
      return graph.add(type)
    }
    if let field = fields[name] { return field }
    let field = graph.add(nil, isField: true)
    fields[name] = field
    return field
  }

  // MARK: commands

  /// Goes through a query, from the columns that its subqueries give together.
  private mutating func look(_ query: ESQLQuery) {
    var given: [String: Int] = [:]
    for subquery in query.subqueries {
      look(subquery)
      for (name, column) in columns {
        graph.alike(given[name], column)
        given[name] = given[name] ?? column
      }
    }
    (columns, hasFields) = (given, true)
    for command in query.commands { look(command) }
  }

  private mutating func look(_ command: ESQLCommand) {
    switch command.form {
    case .filter(let term): condition(term)
    case .eval(let fields), .row(let fields):
      for field in fields { columns[field.name?.text ?? query.text(field.range)] = assigned(field.term) }
    case .stats(let aggregates, let keys, let isInline): stats(aggregates, keys, isInline: isInline)
    case .rename(let pairs):
      for (old, new) in pairs where old.text != new.text {
        columns[new.text] = column(old.text)
        columns[old.text] = graph.add(nil)
      }
    case .sort(let keys): for key in keys { _ = value(key.term) }
    case .dissect(let term, let pattern, let separator):
      _ = value(term)
      make((try? ESQLDissect.extractor(pattern, separator: separator))?.columns ?? [])
    case .grok(let term, let patterns):
      _ = value(term)
      make((try? ESQLGrok.extractor(patterns))?.columns ?? [])
    case .enrich(let policy, _, let with):
      let known = tables[policy.text]?.columns ?? []
      if with.isEmpty { make(known.map { ($0.name, $0.type) }) }
      for (new, field) in with {
        columns[new?.text ?? field.text] = graph.add(known.first { $0.name == field.text }?.type)
      }
    case .join(let table, let on, let condition): join(tables[table.text], on.map(\.text), condition)
    case .changePoint(let value, _, let type, let pValue, let groups, _):
      graph.needNumber(column(value.text))
      for group in groups { _ = self.value(group) }
      make([(type?.text ?? "type", .keyword), (pValue?.text ?? "pvalue", .double)])
    case .completion(let target, let prompt):
      _ = value(prompt)
      make([(target?.text ?? "completion", .keyword)])
    case .limit(_, let groups): for group in groups { _ = value(group) }
    case .from, .show, .keep, .drop, .expand: break
    }
  }

  private mutating func make(_ made: [(name: String, type: DataType)]) {
    for (name, type) in made { columns[name] = graph.add(type) }
  }

  private mutating func stats(_ aggregates: [ESQLField], _ keys: [ESQLField], isInline: Bool) {
    var made: [String: Int] = [:]
    for key in keys {
      var name = query.text(key.range)
      if case .column(let column) = key.term.form { name = column }
      made[key.name?.text ?? name] = assigned(key.term)
    }
    // Aggregates see keys by their names.
    let before = columns
    columns.merge(made) { $1 }
    for field in aggregates {
      if let condition = field.condition { self.condition(condition) }
      made[field.name?.text ?? query.text(field.range)] = assigned(field.term)
    }
    columns = isInline ? before.merging(made) { $1 } : made
    if !isInline { hasFields = false }
  }

  private mutating func join(_ table: ESQLTable?, _ on: [String], _ condition: ESQLTerm?) {
    let known = table?.columns ?? []
    for name in on {
      guard let type = known.first(where: { $0.name == name })?.type else { continue }
      graph.need(column(name), type)
    }
    make(known.filter { !on.contains($0.name) }.map { ($0.name, $0.type) })
    if let condition { self.condition(condition) }
  }
}
