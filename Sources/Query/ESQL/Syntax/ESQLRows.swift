/// A query among whose values a condition looks, `x IN (FROM … | KEEP y)`.
///
/// It knows nothing of the query around it, and is run before that.
struct ESQLRows: Sendable {
  /// What the query gives.
  struct Answer: Sendable {
    /// Its only column.
    var name: String
    var type: DataType
    var values: Set<Value>
    /// True where a row has no value, or several, which count as none.
    var hasNull: Bool
    /// True where a row has several.
    var hasSeveral: Bool
  }

  var query: ESQLQuery
  /// Nil until it has been run.
  var answer: Answer?
}

extension ESQLQuery {
  /// The query within a condition that has to be run before this one, and has none within itself that is to be run; nil where there is
  /// none any more. Its answer goes to `answering`.
  public var firstInnerQuery: ESQLQuery? {
    innerQuery.map { ESQLQuery(text: text, settings: settings, commands: $0.commands) }
  }

  /// True where the query begins with `FROM`, or one within a condition of it does.
  public var needsEvents: Bool {
    readsEvents
      || allCommands.contains { command in
        guard case .filter(let term) = command.form else { return false }
        return term.rows.contains { $0.query.needsEvents }
      }
  }

  private var innerQuery: ESQLQuery? {
    for command in commands {
      switch command.form {
      case .from(let sources, _):
        for case .subquery(let query) in sources { if let found = query.innerQuery { return found } }
      case .filter(let term):
        if let rows = term.firstOpenRows { return rows.query.innerQuery ?? rows.query }
      default: break
      }
    }
    return nil
  }

  /// The query with the answer to its first inner one. Throws where that gives no single column.
  public func answering(_ answer: ESQLAnswer) throws(ESQLError) -> ESQLQuery {
    var isDone = false
    do throws(TypeFault) {
      return try answering(answer, &isDone)
    } catch {
      throw ESQLError([error.shown(in: text)])
    }
  }

  fileprivate func answering(_ answer: ESQLAnswer, _ isDone: inout Bool) throws(TypeFault) -> ESQLQuery {
    var commands = commands
    for place in commands.indices where !isDone {
      switch commands[place].form {
      case .from(var sources, let metadata):
        for at in sources.indices where !isDone {
          guard case .subquery(let query) = sources[at] else { continue }
          sources[at] = .subquery(try query.answering(answer, &isDone))
        }
        commands[place].form = .from(sources, metadata: metadata)
      case .filter(let term): commands[place].form = .filter(try term.answering(answer, &isDone))
      default: break
      }
    }
    return ESQLQuery(text: text, settings: settings, commands: commands)
  }
}

extension ESQLTerm {
  /// The first query that has not been run, where the condition is made of it by `AND`, `OR` and `NOT` alone.
  fileprivate var firstOpenRows: ESQLRows? {
    switch form {
    case .amongRows(_, let rows): rows.answer == nil ? rows : nil
    case .and(let left, let right), .or(let left, let right): left.firstOpenRows ?? right.firstOpenRows
    case .not(let inner): inner.firstOpenRows
    default: nil
    }
  }

  fileprivate func answering(_ answer: ESQLAnswer, _ isDone: inout Bool) throws(TypeFault) -> ESQLTerm {
    guard !isDone else { return self }
    var term = self
    switch form {
    case .and(let left, let right):
      let first = try left.answering(answer, &isDone)
      term.form = .and(first, try right.answering(answer, &isDone))
    case .or(let left, let right):
      let first = try left.answering(answer, &isDone)
      term.form = .or(first, try right.answering(answer, &isDone))
    case .not(let inner): term.form = .not(try inner.answering(answer, &isDone))
    case .amongRows(let value, var rows) where rows.answer == nil:
      if rows.query.firstInnerQuery == nil {
        rows.answer = try ESQLRows.Answer(answer, at: range)
        isDone = true
      } else {
        // Its own comes first.
        rows.query = try rows.query.answering(answer, &isDone)
      }
      term.form = .amongRows(value, rows)
    default: break
    }
    return term
  }

  /// The queries that conditions in it look among.
  fileprivate var rows: [ESQLRows] {
    if case .amongRows(_, let rows) = form { return [rows] }
    return children.flatMap(\.rows)
  }

  /// The outermost expression that is neither `AND`, `OR` nor `NOT` and in which a query stands that a condition looks among.
  var misplacedRows: ESQLTerm? {
    switch form {
    case .amongRows(let value, _): value.holdsRows ? value : nil
    case .and(let left, let right), .or(let left, let right): left.misplacedRows ?? right.misplacedRows
    case .not(let inner): inner.misplacedRows
    default: holdsRows ? self : nil
    }
  }

  private var holdsRows: Bool { !rows.isEmpty }
}

extension ESQLRows.Answer {
  /// - Parameter range: where the condition stands.
  fileprivate init(_ answer: ESQLAnswer, at range: Range<Int>) throws(TypeFault) {
    guard answer.columns.count == 1 else {
      let names = answer.columns.map(\.name).joined(separator: ", ")
      throw TypeFault("IN subquery must return exactly one column, found [\(names)]", at: range)
    }
    (name, type, hasNull, hasSeveral, values) = (answer.columns[0].name, answer.types[0], false, false, [])
    for row in answer.rows {
      switch row[0] {
      case .one(let value): values.insert(value)
      case .none: hasNull = true
      case .many:
        hasNull = true
        hasSeveral = true
      }
    }
  }
}
