/// An expression whose names are places of columns and whose types fit: what is evaluated.
public struct TypedExpression: Sendable {
  public indirect enum Node: Sendable {
    case constant(Cell)
    /// A column by its place among those that the expression was checked against.
    case column(Int)
    case apply(ScalarFunction, [TypedExpression])
    case and([TypedExpression])
    case or([TypedExpression])
    case not(TypedExpression)
    /// Conditions and values in turn, and at the end what holds otherwise, where there are an odd number: the value of the
    /// first condition that is true. What a row does not need is not worked out for it.
    case firstTrue([TypedExpression])
    /// The first that is not null; what stands behind it is not worked out.
    case firstValue([TypedExpression])
  }

  public var node: Node
  public var type: DataType
  /// Where it stands in the query, in Unicode scalars.
  public var range: Range<Int>

  public init(_ node: Node, _ type: DataType, _ range: Range<Int>) {
    self.node = node
    self.type = type
    self.range = range
  }

  /// The value, where it is the same in every row.
  public var constant: Cell? { if case .constant(let cell) = node { cell } else { nil } }

  /// The places of the columns that it reads.
  public var columns: Set<Int> {
    switch node {
    case .constant: []
    case .column(let place): [place]
    case .apply(_, let parts), .and(let parts), .or(let parts), .firstTrue(let parts), .firstValue(let parts):
      parts.reduce(into: []) { $0.formUnion($1.columns) }
    case .not(let part): part.columns
    }
  }
}

/// A function of values, made ready for the types and constants of one call.
public struct ScalarFunction: Sendable {
  /// How it takes a cell with several values.
  public enum SeveralValues: Sendable {
    /// As ES|QL's ordinary functions: null, with a warning.
    case refused
    /// Each value by itself; the results are a cell.
    case each
    /// The cell as it is.
    case whole
    /// Refused as the first argument; among the others the function passes over it, with a warning.
    case passedOver
  }

  public var name: String
  /// A null among the arguments makes the result null, without the function being asked.
  public var spreadsNull: Bool
  public var several: SeveralValues
  /// What it gives; throws where a value fails, which is null with a warning.
  public var body: @Sendable ([Cell]) throws(EvaluationFault) -> Cell

  public init(
    _ name: String, spreadsNull: Bool = true, several: SeveralValues = .refused,
    _ body: @escaping @Sendable ([Cell]) throws(EvaluationFault) -> Cell
  ) {
    self.name = name
    self.spreadsNull = spreadsNull
    self.several = several
    self.body = body
  }
}

/// Why a function has no value for some arguments, as Elasticsearch's warnings put it.
public struct EvaluationFault: Error, Hashable, Sendable {
  /// The kind of fault, as `java.lang.ArithmeticException`.
  public var kind: String
  public var message: String

  public init(_ kind: String = "java.lang.IllegalArgumentException", _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// A cell with several values where one is taken.
  public static let severalValues = EvaluationFault("single-value function encountered multi-value")
}

extension EvaluationFault {
  /// A fault of arguments.
  public init(_ message: String) { self.init("java.lang.IllegalArgumentException", message) }
}
