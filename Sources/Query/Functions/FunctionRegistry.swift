/// The functions of a language by name.
public struct FunctionRegistry: Sendable {
  private var definitions: [String: FunctionDefinition] = [:]
  /// The names as documentation writes them, aliases not among them.
  public private(set) var names: [String] = []

  public init(_ families: [FunctionDefinition]...) {
    for definition in families.joined() {
      names.append(definition.name)
      for name in [definition.name] + definition.aliases { definitions[name.lowercased()] = definition }
    }
  }

  /// The function of a name in any case.
  public func definition(_ name: String) -> FunctionDefinition? { definitions[name.lowercased()] }

  /// The functions of EQL.
  public static let eql = FunctionRegistry(EQLFunctions.texts, EQLFunctions.numbers, EQLFunctions.addresses)
}
