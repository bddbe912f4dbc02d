import Events

/// A condition on a row that is no test of single values: functions, arithmetic, several fields at once.
///
/// It is true of an event when it is true for some choice of one value of each field that it names, in EQL for each place
/// where it names one; a field without a value is null. Unknown is false, as in the filters that Elasticsearch makes of EQL.
public struct RowCondition: Hashable, Sendable {
  public let expression: Expression
  /// Whose functions it may name.
  public enum Language: Hashable, Sendable {
    case eql
    case lucene
    case sigma
  }

  public let language: Language
  /// As written; conditions of one text are one.
  public let text: String
  /// The fields that it reads, each once, in the order of the text.
  public let fields: [String]
  /// The field of each column that it is evaluated over. In EQL every place where a field stands is a column of its own,
  /// since Elasticsearch's scripts try other values of a field there.
  public let columns: [String]
  /// Where the field of each column stands; empty where all places of a field are one column.
  private let places: [Range<Int>]

  public init(_ expression: Expression, text: String, language: Language = .eql) {
    self.language = language
    self.expression = expression
    self.text = text
    var fields: [String] = []
    var uses: [(name: String, range: Range<Int>)] = []
    expression.forEachUse { name, range in
      if !fields.contains(name) { fields.append(name) }
      uses.append((name, range))
    }
    self.fields = fields
    (columns, places) = language == .eql ? (uses.map(\.name), uses.map(\.range)) : (fields, [])
  }

  public static func == (left: RowCondition, right: RowCondition) -> Bool {
    left.language == right.language && Value.equal(left.text, right.text)
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(Value.text(text)) }

  private var functions: FunctionRegistry {
    switch language {
    case .eql: .eql
    case .lucene: LuceneFunctions.registry
    case .sigma: SigmaFunctions.registry
    }
  }

  /// The condition with the types of a catalog; throws where they do not fit. Its columns are `columns`, in their order.
  func typed(_ catalog: FieldCatalog, now: Timestamp?) throws(TypeFault) -> TypedExpression {
    var checker = TypeChecker(
      functions: functions, now: now
    ) { [columns, places] name, _, range in
      let column = columns.indices.first { columns[$0] == name && (places.isEmpty || places[$0] == range) }
      return TypedExpression(.column(column ?? 0), DataType(catalog.resolve(name).type), range)
    }
    // What compares a field of dates with a constant and no more is a test of its values, and not evaluated here.
    checker.comparesDates = language != .eql
    return try checker.condition(expression)
  }
}

extension Expression {
  /// Calls `body` with the name of every field, in the order of the text.
  func forEachField(_ body: (String) -> Void) { forEachUse { name, _ in body(name) } }

  /// Calls `body` with every place where a field stands, in the order of the text.
  func forEachUse(_ body: (String, Range<Int>) -> Void) {
    switch node {
    case .literal: break
    case .field(let name, _): body(name, range)
    case .call(_, let parts, _), .and(let parts), .or(let parts): for part in parts { part.forEachUse(body) }
    case .negative(let part), .isNull(let part), .not(let part), .cast(let part, _), .fits(let part, _, _):
      part.forEachUse(body)
    case .arithmetic(_, let left, let right), .comparison(_, let left, let right):
      left.forEachUse(body)
      right.forEachUse(body)
    case .oneOf(let part, let choices, _):
      part.forEachUse(body)
      for choice in choices { choice.forEachUse(body) }
    }
  }
}
