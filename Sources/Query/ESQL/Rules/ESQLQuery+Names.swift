import Events

extension ESQLQuery {
  /// The names that commands after the first give to columns, whether events have fields of these names or not.
  public var definedNames: Set<String> { allCommands.reduce(into: []) { $0.formUnion(names(madeBy: $1)) } }

  /// The names that a command gives to columns.
  private func names(madeBy command: ESQLCommand) -> [String] {
    func names(_ fields: [ESQLField]) -> [String] { fields.map { $0.name?.text ?? text($0.range) } }
    switch command.form {
    case .eval(let fields): return names(fields)
    // A key without a name of its own is the column that it groups by.
    case .stats(let aggregates, let keys, _): return names(aggregates) + names(keys.filter { $0.name != nil })
    case .rename(let pairs): return pairs.map(\.new.text)
    case .dissect(_, let pattern, let separator):
      return (try? ESQLDissect.extractor(pattern, separator: separator))?.columns.map(\.name) ?? []
    case .grok(_, let patterns): return (try? ESQLGrok.extractor(patterns))?.columns.map(\.name) ?? []
    case .enrich(_, _, let with): return with.map { new, field in new?.text ?? field.text }
    case .changePoint(_, _, let type, let pValue, _, _): return [type?.text ?? "type", pValue?.text ?? "pvalue"]
    case .completion(let target, _): return [target?.text ?? "completion"]
    case .from, .row, .show, .filter, .keep, .drop, .sort, .limit, .expand, .join: return []
    }
  }

  /// The names that are read before a command gives them to a column, as of `EVAL a = COALESCE(a, 0)`.
  private var namesReadFirst: Set<String> {
    var read: Set<String> = []
    // Behind subqueries the columns that these make are there.
    var made: Set<String> = subqueries.reduce(into: []) { $0.formUnion($1.definedNames) }
    for command in commands {
      if case .eval(let fields) = command.form {
        for field in fields {
          field.term.forEachColumn { if !made.contains($0) { read.insert($0) } }
          made.insert(field.name?.text ?? text(field.range))
        }
        continue
      }
      read.formUnion(Self.mentions([command]).names.subtracting(made))
      // Behind it there are no fields.
      if case .stats(_, _, isInline: false) = command.form { break }
      made.formUnion(names(madeBy: command))
    }
    return read
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
    let defined = definedNames.subtracting(namesReadFirst)
      .union(tableNames.flatMap { tables[$0]?.columns.map(\.name) ?? [] })
    let own = ownMentions().names.filter {
      ESQLBinder.metadataTypes[$0] == nil && (isKnown($0) || !defined.contains($0))
    }
    return subqueries.reduce(into: own) { $0.formUnion($1.fieldNames(tables, isKnown)) }.sorted()
  }
}
