import Events

extension ESQLQuery {
  /// The names that commands after the first give to columns, whether events have fields of these names or not.
  public var definedNames: Set<String> {
    var names: Set<String> = []
    func define(_ fields: [ESQLField]) {
      for field in fields { names.insert(field.name?.text ?? text(field.range)) }
    }
    for command in allCommands {
      switch command.form {
      case .eval(let fields): define(fields)
      case .stats(let aggregates, let keys, _):
        define(aggregates)
        // A key without a name of its own is the column that it groups by.
        define(keys.filter { $0.name != nil })
      case .rename(let pairs): names.formUnion(pairs.map(\.new.text))
      case .dissect(_, let pattern, let separator):
        names.formUnion((try? ESQLDissect.extractor(pattern, separator: separator))?.columns.map(\.name) ?? [])
      case .grok(_, let patterns): names.formUnion((try? ESQLGrok.extractor(patterns))?.columns.map(\.name) ?? [])
      case .enrich(_, _, let with): for (new, field) in with { names.insert(new?.text ?? field.text) }
      case .changePoint(_, _, let type, let pValue, _, _):
        names.formUnion([type?.text ?? "type", pValue?.text ?? "pvalue"])
      case .completion(let target, _): names.insert(target?.text ?? "completion")
      case .from, .row, .show, .filter, .keep, .drop, .sort, .limit, .expand, .join: break
      }
    }
    return names
  }

  /// The tables beside the events that `ENRICH` and `LOOKUP JOIN` name, in order, each once.
  public var tableNames: [String] {
    var names: [String] = []
    for command in allCommands {
      let name: String
      switch command.form {
      case .enrich(let policy, _, _): name = policy.text
      case .join(let table, _, _): name = table.text
      default: continue
      }
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// True for a query with `COMPLETION`, which needs a language model.
  public var asksModel: Bool {
    allCommands.contains { if case .completion = $0.form { true } else { false } }
  }

  /// The columns whose values `MV_EXPAND` makes rows of, in order, each once.
  public var expandedNames: [String] {
    var names: [String] = []
    for command in allCommands {
      if case .expand(let name) = command.form, !names.contains(name.text) { names.append(name.text) }
    }
    return names
  }

  /// True for a query that says by `SET` how it is read, such as what unknown fields are.
  public var hasSettings: Bool { !settings.isEmpty }

  /// True for a query that begins with `FROM`.
  public var readsEvents: Bool { if case .from? = commands.first?.form { true } else { false } }

  /// True where `FROM` has subqueries, which may make a column that other events have.
  public var hasSubqueries: Bool { !subqueries.isEmpty }

  /// The fields of events that the query names, in order; columns that its commands make are none, nor behind a subquery those that
  /// it makes.
  ///
  /// - Parameters:
  ///   - tables: what `ENRICH` and `LOOKUP JOIN` look things up in, as far as it is at hand.
  ///   - isKnown: whether events are known to have a field of a name.
  public func fieldNames(_ tables: [String: ESQLTable] = [:], _ isKnown: (String) -> Bool) -> [String] {
    let defined = definedNames.union(tableNames.flatMap { tables[$0]?.columns.map(\.name) ?? [] })
    let own = ownMentions().names.filter {
      ESQLBinder.metadataTypes[$0] == nil && (isKnown($0) || !defined.contains($0))
    }
    return subqueries.reduce(into: own) { $0.formUnion($1.fieldNames(tables, isKnown)) }.sorted()
  }
}

/// What types fields can be taken to have of which nothing is known but how a query uses them.
struct ESQLTypeGuess {
  private(set) var types: [String: FieldType] = [:]

  init(_ query: ESQLQuery) {
    for command in query.allCommands {
      switch command.form {
      case .filter(let term), .dissect(let term, _, _), .grok(let term, _), .completion(_, let term): look(term)
      case .eval(let fields), .row(let fields): for field in fields { look(field.term) }
      case .stats(let aggregates, let keys, _):
        for field in aggregates + keys {
          look(field.term)
          if let condition = field.condition { look(condition) }
        }
      case .sort(let keys): for key in keys { look(key.term) }
      case .limit(_, let groups): groups.forEach { look($0) }
      case .changePoint(let value, _, _, _, let groups, _):
        if types[value.text] == nil { types[value.text] = .double }
        groups.forEach { look($0) }
      case .from, .show, .keep, .drop, .rename, .expand, .enrich, .join: break
      }
    }
  }

  private mutating func note(_ term: ESQLTerm, _ type: FieldType) {
    if case .column(let name) = term.form, types[name] == nil { types[name] = type }
  }

  /// A number, a truth value or a span that stands beside a column tells what the column has.
  private static func type(beside term: ESQLTerm) -> FieldType? {
    switch term.form {
    case .literal(_, .integer), .literal(_, .long): .integer
    case .literal(_, .double), .literal(_, .unsignedLong): .double
    case .literal(_, .boolean): .boolean
    case .literal(_, .datePeriod), .literal(_, .timeDuration): .date(nil)
    case .negative(let inner): type(beside: inner)
    case .arithmetic(_, let left, let right): type(beside: left) ?? type(beside: right)
    case .function(let name, _, _, _):
      switch name.uppercased() {
      case "NOW", "TO_DATETIME", "TO_DT", "DATE_TRUNC", "DATE_PARSE": .date(nil)
      case "TO_IP", "IP_PREFIX": .ip
      case "YEAR", "MONTH", "DAY", "HOUR", "LENGTH", "TO_LONG", "TO_INTEGER", "TO_INT", "DATE_DIFF", "MV_COUNT":
        .integer
      case "TO_DOUBLE", "TO_DBL": .double
      default: nil
      }
    case .cast(_, let to):
      switch to {
      case .integer, .long: .integer
      case .double: .double
      case .boolean: .boolean
      case .ip: .ip
      case .date: .date(nil)
      default: nil
      }
    default: nil
    }
  }

  private mutating func look(_ term: ESQLTerm) {
    switch term.form {
    case .literal, .column, .star: break
    case .negative(let inner):
      note(inner, .double)
      look(inner)
    case .not(let inner):
      note(inner, .boolean)
      look(inner)
    case .isNull(let inner), .isNotNull(let inner), .cast(let inner, _), .like(let inner, _, _): look(inner)
    case .arithmetic(_, let left, let right):
      note(left, Self.type(beside: right) ?? .double)
      note(right, Self.type(beside: left) ?? .double)
      look(left)
      look(right)
    case .comparison(_, let left, let right):
      if let type = Self.type(beside: right) { note(left, type) }
      if let type = Self.type(beside: left) { note(right, type) }
      look(left)
      look(right)
    case .and(let left, let right), .or(let left, let right):
      note(left, .boolean)
      note(right, .boolean)
      look(left)
      look(right)
    case .match(let left, let right):
      look(left)
      look(right)
    case .among(let value, let list):
      for one in list { if let type = Self.type(beside: one) { note(value, type) } }
      look(value)
      for one in list { look(one) }
    case .function(let name, _, let arguments, _):
      switch name.uppercased() {
      case "SUM", "AVG", "MEDIAN", "PERCENTILE", "MEDIAN_ABSOLUTE_DEVIATION", "STD_DEV", "VARIANCE", "WEIGHTED_AVG",
        "ABS", "ROUND", "CEIL", "FLOOR", "MV_SUM", "MV_AVG", "MV_MEDIAN":
        if let first = arguments.first { note(first, .double) }
      case "CIDR_MATCH", "IP_PREFIX": if let first = arguments.first { note(first, .ip) }
      case "DATE_TRUNC", "DATE_EXTRACT": if arguments.count > 1 { note(arguments[1], .date(nil)) }
      case "DAY_NAME", "MONTH_NAME", "YEAR", "MONTH", "DAY", "HOUR":
        if let first = arguments.first { note(first, .date(nil)) }
      case "DATE_DIFF": for argument in arguments.dropFirst() { note(argument, .date(nil)) }
      case "DATE_FORMAT": if let last = arguments.last { note(last, .date(nil)) }
      default: break
      }
      for argument in arguments { look(argument) }
    }
  }
}
