/// An EQL query as it is written: what each item asks of an event, and how items make a hit.
public struct EQLQuery: Sendable {
  /// What one item asks: a category, or any, and a condition.
  public struct EventTest: Sendable {
    /// Nil for `any`.
    public var category: String?
    public var condition: Expression
    /// Where it stands, in Unicode scalars.
    public var range: Range<Int>
  }

  /// A field whose values join events.
  public struct Key: Hashable, Sendable {
    public var field: String
    public var isOptional: Bool
    public var range: Range<Int>
  }

  /// Where an item stands among those that are written, of which one with `runs` stands for several.
  public struct Step: Hashable, Sendable {
    /// Counts from 1.
    public var number: Int
    /// Which of the events that `runs` asks for the item is, from 1, and how many these are.
    public var run = 1
    public var runs = 1
  }

  /// An item of a sequence or sample.
  public struct Item: Sendable {
    public var test: EventTest
    /// The keys of the whole first, then its own.
    public var keys: [Key]
    public var isMissing: Bool
    public var step = Step(number: 1)
  }

  public enum Form: Sendable {
    case event(EventTest)
    /// Items with `runs` unfolded.
    case sequence([Item], maxspan: Int64?, until: Item?)
    case sample([Item])
  }

  public enum Pipe: Hashable, Sendable {
    case head(Int)
    case tail(Int)
  }

  public var form: Form
  public var pipes: [Pipe]
  /// The text, for messages.
  let text: [Unicode.Scalar]

  /// All items, the one of an event query as one without keys; `until` is the last.
  public var items: [Item] {
    switch form {
    case .event(let test): [Item(test: test, keys: [], isMissing: false)]
    case .sequence(let items, _, let until): items + (until.map { [$0] } ?? [])
    case .sample(let items): items
    }
  }

  /// True for a query of single events.
  public var isOfEvents: Bool { if case .event = form { true } else { false } }
}

/// Event Query Language, as Elasticsearch has it.
///
/// ```swift
/// let query = try EQL.parse("sequence by host.id with maxspan=1m [process where true] [network where true]")
/// ```
public enum EQL {
  /// The longest query, in bytes.
  public static let longestQuery = 1 << 20
  /// How deep parentheses may stand inside each other.
  public static let deepestNesting = 100
  /// Items of a sequence, runs unfolded, and of a sample.
  public static let mostItems = 256

  /// Reads a query; throws where the text is none.
  public static func parse(_ text: String) throws(QuerySyntaxError) -> EQLQuery {
    guard text.utf8.count <= longestQuery else {
      throw QuerySyntaxError(
        "the query has \(text.utf8.count) bytes", at: 0, in: Array(text.unicodeScalars.prefix(200)),
        expected: "at most \(longestQuery) bytes")
    }
    var parser = try EQLParser(text)
    return try parser.statement()
  }
}
