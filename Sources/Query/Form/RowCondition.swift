import Events

/// A condition on a row that is no test of single values: functions, arithmetic, several fields at once.
///
/// It is true of an event when it is true for some choice of one value of each field that it names; a field without a
/// value is null. Unknown is false, as in the filters that Elasticsearch makes of EQL.
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

  public init(_ expression: Expression, text: String, language: Language = .eql) {
    self.language = language
    self.expression = expression
    self.text = text
    var fields: [String] = []
    expression.forEachField { name in if !fields.contains(name) { fields.append(name) } }
    self.fields = fields
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

  /// The condition with the types of a catalog; throws where they do not fit. Its columns are `fields`, in their order.
  func typed(_ catalog: FieldCatalog, now: Timestamp?) throws(TypeFault) -> TypedExpression {
    var checker = TypeChecker(
      functions: functions, now: now
    ) { [fields] name, _, range in
      TypedExpression(.column(fields.firstIndex(of: name) ?? 0), DataType(catalog.resolve(name).type), range)
    }
    return try checker.condition(expression)
  }
}

extension Expression {
  /// Calls `body` with the name of every field, in the order of the text.
  func forEachField(_ body: (String) -> Void) {
    switch node {
    case .literal: break
    case .field(let name, _): body(name)
    case .call(_, let parts, _), .and(let parts), .or(let parts): for part in parts { part.forEachField(body) }
    case .negative(let part), .isNull(let part), .not(let part), .cast(let part, _), .fits(let part, _, _):
      part.forEachField(body)
    case .arithmetic(_, let left, let right), .comparison(_, let left, let right):
      left.forEachField(body)
      right.forEachField(body)
    case .oneOf(let part, let choices, _):
      part.forEachField(body)
      for choice in choices { choice.forEachField(body) }
    }
  }
}
