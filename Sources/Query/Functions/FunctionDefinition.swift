import Events

/// A function of a language: its name, what it takes, and how it is made ready for a call.
public struct FunctionDefinition: Sendable {
  public struct Parameter: Sendable {
    public var name: String
    public var types: DataTypes
    public var isOptional: Bool
    /// Only a constant will do.
    public var isConstant: Bool

    public init(_ name: String, _ types: DataTypes, isOptional: Bool = false, isConstant: Bool = false) {
      self.name = name
      self.types = types
      self.isOptional = isOptional
      self.isConstant = isConstant
    }
  }

  /// The name as the language's documentation writes it; calls may write it in any case.
  public var name: String
  public var aliases: [String]
  public var parameters: [Parameter]
  /// The last parameter may be given any number of times.
  public var repeatsLast: Bool
  /// EQL's `~` may follow the name.
  public var knowsCase: Bool
  /// The type of the result and what makes it; throws where the types or constants of a call do not fit.
  public var bind: @Sendable (FunctionCall) throws(TypeFault) -> (DataType, ScalarFunction)

  public init(
    _ name: String, aliases: [String] = [], _ parameters: [Parameter], repeatsLast: Bool = false,
    knowsCase: Bool = false,
    _ bind: @escaping @Sendable (FunctionCall) throws(TypeFault) -> (DataType, ScalarFunction)
  ) {
    self.name = name
    self.aliases = aliases
    self.parameters = parameters
    self.repeatsLast = repeatsLast
    self.knowsCase = knowsCase
    self.bind = bind
  }

  /// How many arguments it must have at least, and may have at most.
  public var argumentCount: ClosedRange<Int> {
    parameters.count { !$0.isOptional }...(repeatsLast ? Int.max : parameters.count)
  }

  func parameter(_ at: Int) -> Parameter { parameters[min(at, parameters.count - 1)] }
}

/// One call of a function: its arguments, checked.
public struct FunctionCall: Sendable {
  public var name: String
  public var arguments: [TypedExpression]
  public var ignoresCase: Bool
  public var range: Range<Int>
  /// What `now` stands for; nil where it is not known yet.
  public var now: Timestamp?

  public init(
    name: String, arguments: [TypedExpression], ignoresCase: Bool = false, range: Range<Int>, now: Timestamp? = nil
  ) {
    self.name = name
    self.arguments = arguments
    self.ignoresCase = ignoresCase
    self.range = range
    self.now = now
  }
}
