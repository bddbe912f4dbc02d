import JSON

/// Reads rules in JSON: an export of Kibana (an object a line), one object, or an array of objects.
enum JSONRuleReader {
  static func read(_ text: SourceText, file: String, isNamed: Bool, into result: inout RuleLoadResult) {
    let found = result.rules.count + result.exportedObjects
    let said = result.diagnostics.count
    JSONObjectFile.forEachObject(text, file: file, wanted: "A rule") { members, value, source in
      take(members, value, source, into: &result)
    } problem: {
      result.diagnostics.append($0)
    }
    guard result.rules.count + result.exportedObjects == found, result.diagnostics.count == said else { return }
    result.diagnostics.append(
      Diagnostic(
        isNamed ? .error : .warning, file: file,
        "The file holds no rule: a JSON object a line was looked for, as Kibana exports them."))
  }

  private static func take(
    _ members: [String: JSONValue], _ value: JSONValue, _ source: RuleSource, into result: inout RuleLoadResult
  ) {
    switch ExportedKind(members) {
    case .summary: result.summaries.append(value)
    case .exceptionList: result.exportedLists.append(ExportedObject(value, source))
    case .exceptionItem: result.exportedItems.append(ExportedObject(value, source))
    case .savedObject: result.otherObjects.append(value)
    case .savedRule:
      read(members["attributes"]?.objectValue ?? [:], source.below([.key("attributes")]), into: &result)
    case .rule: read(members, source, into: &result)
    case .unknown:
      result.diagnostics.append(
        Diagnostic(
          .warning, file: source.file, line: source.position.line, column: source.position.column,
          "This object is neither a rule nor anything else that Kibana exports with rules; it is passed over."))
    }
  }

  private static func read(_ members: [String: JSONValue], _ source: RuleSource, into result: inout RuleLoadResult) {
    let notes = RuleNotes()
    let rule = RuleReader.read(members, notes: notes)
    result.add(rule, notes, source)
  }
}
