/// Checks a rule's query with the parser of its language.
enum QueryCheck {
  /// - Returns: what the parser says, where there is one.
  @discardableResult
  static func check(_ report: inout RuleReport, _ knowledge: RuleKnowledge) -> QueryInspection? {
    guard let query = report.rule.query, let inspect = knowledge.inspectQuery else { return nil }
    let inspection = inspect(report.rule)
    for problem in inspection.errors {
      report.add(
        .error, problem.isOfIndicators ? "threat_query" : "query", line: problem.line, column: problem.column,
        problem.message)
    }
    // Of a Sigma document the fields are told where they stand in it.
    if report.isOfSigma { return inspection }
    var seen: Set<String> = []
    for field in inspection.fields where seen.insert(field).inserted {
      guard let message = FieldCheck.message(field, knowledge) else { continue }
      if let place = place(of: field, in: query) {
        report.add(.warning, "query", line: place.line, column: place.column, message)
      } else {
        report.warning("query", message)
      }
    }
    return inspection
  }

  /// Where a field's name first stands in a query as a word of its own.
  static func place(of field: String, in query: String) -> SourcePosition? {
    let text = Array(query.unicodeScalars)
    let name = Array(field.unicodeScalars)
    guard let first = name.first, text.count >= name.count else { return nil }
    var position = SourcePosition(line: 1, column: 1)
    for at in 0...(text.count - name.count) {
      if text[at] == first, at == 0 || !isNamePart(text[at - 1]), text[at..<at + name.count].elementsEqual(name),
        at + name.count == text.count || !isNamePart(text[at + name.count])
      {
        return position
      }
      if text[at] == "\n" {
        position = SourcePosition(line: position.line + 1, column: 1)
      } else {
        position.column += 1
      }
    }
    return nil
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_" || scalar == "."
      || scalar == "@" || scalar == "-" || scalar == "*"
  }
}
