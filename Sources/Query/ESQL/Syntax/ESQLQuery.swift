/// A query in ES|QL as it is written: commands one after the other.
///
/// ```swift
/// let query = try ESQLQuery("FROM logs-* | STATS COUNT(*) BY user.name")
/// ```
public struct ESQLQuery: Sendable {
  /// How deep expressions may stand in each other.
  public static let deepestNesting = 250
  /// The longest query, in Unicode scalars.
  public static let longestQuery = 1_000_000
  /// The most commands, one after the other.
  public static let mostCommands = 500
  /// The most subqueries.
  public static let mostSubqueries = 100

  let text: [Unicode.Scalar]
  /// What `SET` says before the first command.
  let settings: [ESQLSetting]
  let commands: [ESQLCommand]

  /// A query within another, whose text it shares.
  init(text: [Unicode.Scalar], settings: [ESQLSetting] = [], commands: [ESQLCommand]) {
    (self.text, self.settings, self.commands) = (text, settings, commands)
  }

  /// Reads a query; throws where the text is none.
  public init(_ text: String) throws(ESQLError) {
    do throws(QuerySyntaxError) {
      let scalars = Array(text.unicodeScalars)
      guard scalars.count <= Self.longestQuery else {
        throw QuerySyntaxError(
          "ESQL statement is too large [\(scalars.count) characters > \(Self.longestQuery)]", at: 0,
          in: Array(scalars.prefix(200)))
      }
      var parser = ESQLParser(scalars)
      try parser.parseQuery()
      (self.text, settings, commands) = (scalars, parser.settings, parser.commands)
    } catch {
      throw ESQLError([error])
    }
  }

  /// What a part of the text says.
  func text(_ range: Range<Int>) -> String { String(scalars: text[range]) }

  /// True for a query with `STATS`, whose rows are no events.
  public var isAggregating: Bool {
    commands.contains { if case .stats(_, _, isInline: false) = $0.form { true } else { false } }
  }

  /// Patterns of the data streams and indices that the query reads, those of subqueries with it; none where it begins with `ROW` or
  /// `SHOW`. Where there are subqueries nothing is taken away again: each tells what it reads.
  public var sources: [String] {
    let subqueries = subqueries
    guard !subqueries.isEmpty else { return ownSources }
    var seen: Set<String> = []
    return (ownSources + subqueries.flatMap(\.sources)).flatMap { $0.split(separator: ",") }.compactMap { pattern in
      let pattern = String(pattern.trimmingPrefix { $0.isWhitespace })
      return !pattern.hasPrefix("-") && seen.insert(pattern).inserted ? pattern : nil
    }
  }

  /// Patterns that stand in `FROM` themselves.
  var ownSources: [String] {
    ownPatterns.compactMap { if case .pattern(let written) = $0 { written.text } else { nil } }
  }

  /// What stands in `FROM` beside subqueries.
  var ownPatterns: [ESQLSource] {
    guard case .from(let sources, _)? = commands.first?.form else { return [] }
    return sources.filter { if case .pattern = $0 { true } else { false } }
  }

  /// The subqueries of `FROM`, in order.
  var subqueries: [ESQLQuery] {
    guard case .from(let sources, _)? = commands.first?.form else { return [] }
    return sources.compactMap { if case .subquery(let query) = $0 { query } else { nil } }
  }

  /// The commands of subqueries, however deep, and then its own.
  var allCommands: [ESQLCommand] { subqueries.flatMap(\.allCommands) + commands }
}

extension ESQLQuery {
  /// A command as a person reads it, with what the query is up to its end.
  public struct Step: Sendable {
    /// The command with its arguments, on one line.
    public var text: String
    public var isSource: Bool
    /// `STATS`, or one that stands behind it.
    public var isAggregating: Bool
  }

  /// The queries that this one begins with: up to its first command, its second, and so on.
  public var beginnings: [(step: Step, text: String)] {
    var isAggregating = false
    return commands.indices.map { at in
      let end = at + 1 < commands.count ? commands[at + 1].range.lowerBound : text.count
      // The pipe before the next command, and the blanks beside it, belong to none.
      var last = end
      if at + 1 < commands.count {
        while last > 0, text[last - 1] != "|" { last -= 1 }
        last -= 1
      }
      if case .stats(_, _, isInline: false) = commands[at].form { isAggregating = true }
      let shown = text(commands[at].range.lowerBound..<last).split(whereSeparator: \.isWhitespace)
      return (
        Step(text: shown.joined(separator: " "), isSource: at == 0, isAggregating: isAggregating), text(0..<last)
      )
    }
  }
}

/// `SET name = value;` before a query.
struct ESQLSetting: Sendable {
  var name: ESQLWritten
  var value: ESQLTerm
}

/// One command of a query.
struct ESQLCommand: Sendable {
  enum Form: Sendable {
    case from([ESQLSource], metadata: [ESQLWritten])
    case row([ESQLField])
    case show
    case filter(ESQLTerm)
    case eval([ESQLField])
    case stats([ESQLField], by: [ESQLField], isInline: Bool)
    case keep([ESQLWritten])
    case drop([ESQLWritten])
    case rename([(old: ESQLWritten, new: ESQLWritten)])
    case sort([ESQLSortKey])
    /// So many rows, of each group of equal values by itself where there are terms to group by.
    case limit(Int, by: [ESQLTerm])
    case dissect(ESQLTerm, pattern: ESQLWritten, separator: String)
    case grok(ESQLTerm, patterns: [ESQLWritten])
    case expand(ESQLWritten)
    case enrich(policy: ESQLWritten, on: ESQLWritten?, with: [(new: ESQLWritten?, field: ESQLWritten)])
    /// By columns of one name on both sides, or by a condition.
    case join(table: ESQLWritten, on: [ESQLWritten], condition: ESQLTerm?)
    /// Sorts by a key, the time unless it is given, and says at which value the series changes, of each group by itself.
    case changePoint(
      ESQLWritten, key: ESQLWritten?, type: ESQLWritten?, pValue: ESQLWritten?, by: [ESQLTerm], Range<Int>)
    case completion(target: ESQLWritten?, prompt: ESQLTerm)
  }

  var form: Form
  /// Where the command's name stands.
  var range: Range<Int>
}

/// What `FROM` names: data streams, or the rows of a query.
enum ESQLSource: Sendable {
  case pattern(ESQLWritten)
  case subquery(ESQLQuery)
}

/// `name = expression WHERE condition`, of which the expression alone is always there.
struct ESQLField: Sendable {
  var name: ESQLWritten?
  var term: ESQLTerm
  /// What the column is called without a name: the text of it all.
  var range: Range<Int>
  var condition: ESQLTerm?
}

struct ESQLSortKey: Sendable {
  var term: ESQLTerm
  var isDescending: Bool
  var nullsFirst: Bool
}
