/// An expression as it is written, in EQL or ES|QL: names are not looked up yet and types not checked.
///
/// Its value is a boolean (true, false or unknown), a number, a text, …; null is a value of every type.
public struct Expression: Hashable, Sendable {
  public indirect enum Node: Hashable, Sendable {
    case literal(Cell, DataType)
    /// A field or column by its full name. One that is optional may be missing everywhere.
    case field(String, isOptional: Bool)
    /// A function by its name as written; `ignoresCase` where EQL's `~` follows the name.
    case call(String, [Expression], ignoresCase: Bool)
    case negative(Expression)
    case arithmetic(ArithmeticOperator, Expression, Expression)
    case comparison(ComparisonOperator, Expression, Expression)
    case oneOf(Expression, [Expression], ignoresCase: Bool)
    /// The whole text fits one of some patterns.
    case fits(Expression, [TextPattern], PatternKind)
    case isNull(Expression)
    case and([Expression])
    case or([Expression])
    case not(Expression)
    case cast(Expression, DataType)
  }

  public var node: Node
  /// Where it stands in the query, in Unicode scalars.
  public var range: Range<Int>

  public init(_ node: Node, _ range: Range<Int>) {
    self.node = node
    self.range = range
  }
}

public enum ArithmeticOperator: String, Hashable, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case modulo = "%"
}

public enum ComparisonOperator: String, Hashable, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  /// The operator with its sides exchanged.
  public var swapped: ComparisonOperator {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }

  /// Whether it holds of two values that stand to each other as `order` says.
  public func holds(_ order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    }
  }
}

/// A pattern as its string literal has it, after the literal's own escapes.
public struct TextPattern: Hashable, Sendable {
  public var text: String
  public var range: Range<Int>

  public init(_ text: String, _ range: Range<Int>) {
    self.text = text
    self.range = range
  }
}

public enum PatternKind: Hashable, Sendable {
  /// EQL's `:` and `like`: `*` and `?`, no escapes.
  case wildcard(ignoresCase: Bool)
  /// ES|QL's `LIKE`: `*`, `?`, and a backslash before those and itself.
  case like
  /// A regular expression of Lucene over the whole text.
  case regex(ignoresCase: Bool)
}
