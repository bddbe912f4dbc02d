import Events

/// What the query DSL asks of the type of a field.
enum LuceneFunctions {
  static let registry = FunctionRegistry([wordless])

  /// True of every event where the field holds text: signs without a word in them then ask for nothing.
  private static let wordless = FunctionDefinition(
    "wordless", [FunctionDefinition.Parameter("field", .any)]
  ) { call throws(TypeFault) in
    let isText = call.arguments[0].type == .text
    return (.boolean, ScalarFunction("wordless", spreadsNull: false, several: .whole) { _ in .boolean(isText) })
  }

  /// That a text asks for nothing of fields of which each holds text: it has no word in it; `nothing` where it has.
  static func isWordless(_ text: String, _ fields: [FieldSelector], _ catalog: FieldCatalog) -> Predicate {
    let paths = fields.compactMap(\.path)
    guard paths.count == fields.count, paths.allSatisfy({ catalog.resolve($0).type.analyzer.words(text).isEmpty })
    else { return .nothing }
    return .and(
      paths.map { path in
        let call = Expression.Node.call(
          "wordless", [Expression(.field(path, isOptional: true), 0..<0)], ignoresCase: false)
        return .holds(RowCondition(Expression(call, 0..<0), text: "wordless(\(path))", language: .lucene))
      })
  }
}
