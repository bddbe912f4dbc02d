import Events

/// Conditions with functions of full text that stand behind the subqueries of `FROM`: they are asked within each of these, since rows
/// that stand together are no documents of one index any more.
///
/// Source: Elasticsearch's `PushDownFilterAndLimitIntoUnionAll`, after which alone it is looked whether such functions stand where they
/// can.
extension ESQLBinder {
  /// A part of a condition, and the command that it is of.
  struct HandedDown {
    var term: ESQLTerm
    var command: Range<Int>
  }

  /// Parts of conditions of the query's own commands that are asked within its subqueries. What such a condition names may be chosen
  /// among in between, and not made; `KQL` and `QSTR` ask of whole events, and have only conditions and orders before them.
  var ownHandedDown: [HandedDown] {
    var found: [HandedDown] = []
    var made: Set<String> = []
    var isOfEvents = true
    for command in query.commands.dropFirst() {
      switch command.form {
      case .filter(let term):
        for part in term.conjuncts {
          let asks = part.asksText
          guard asks.any, isOfEvents || !asks.ofEvents, part.firstColumn(where: made.contains) == nil else { continue }
          found.append(HandedDown(term: part, command: command.range))
        }
      case .sort: break
      case .eval(let fields):
        isOfEvents = false
        for field in fields { made.insert(field.name?.text ?? text(field.range)) }
      case .keep, .drop: isOfEvents = false
      default: return found
      }
    }
    return found
  }

  /// What conditions that are handed down from the query around this one are asked of: its own subqueries where it has any.
  func passesOn(_ handed: [HandedDown]) throws(TypeFault) -> [HandedDown] {
    guard let first = handed.first else { return [] }
    for command in query.commands.dropFirst() {
      switch command.form {
      case .filter, .sort: continue
      default:
        var fault = TypeFault(
          "a full-text function behind subqueries is not supported where one of them has subqueries, and behind these "
            + "[\(text(command.range).uppercased())]", at: first.term.range, hint: "ask it within them")
        fault.isUnsupported = true
        throw fault
      }
    }
    return handed
  }

  /// Adds conditions that are handed down behind all commands. A column that is not there is null, as its rows have it behind the
  /// query.
  mutating func take(_ handed: [HandedDown]) {
    for one in handed {
      commandRange = one.command
      do throws(TypeFault) {
        try filter(one.term.lacking { schema.place(of: $0) == nil })
      } catch {
        problems.append(shown(error))
      }
    }
  }

  /// Makes a step of a condition without those of its parts that are handed down, of which it is only looked whether their columns are
  /// there.
  mutating func filter(_ term: ESQLTerm, of command: Range<Int>) throws(TypeFault) {
    guard handedDown.contains(where: { $0.command == command }) else { return try filter(term) }
    for part in term.conjuncts {
      guard handedDown.contains(where: { $0.command == command && $0.term.range == part.range }) else {
        try filter(part)
        continue
      }
      if let missing = part.firstColumn(where: { schema.place(of: $0) == nil }) {
        throw self.missing(missing.name, missing.range)
      }
    }
  }
}
