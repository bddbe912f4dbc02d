import JSON

/// Reads a rule file in TOML: the tables `[rule]` and `[metadata]`, or a rule's fields at the top.
enum TOMLRuleReader {
  static func read(_ text: SourceText, file: String, isNamed: Bool, into result: inout RuleLoadResult) {
    var document: [String: JSONValue]
    do {
      document = try TOMLText.parse(text)
    } catch {
      result.diagnostics.append(
        Diagnostic(.error, file: file, line: error.position.line, column: error.position.column, error.message))
      return
    }
    TOMLKeepsake.unpack(&document)
    var root: [RuleKeyPath.Step] = []
    var members = document
    if let rule = document["rule"] {
      root = [.key("rule")]
      members = rule.objectValue ?? [:]
    } else if document["type"] == nil || (document["rule_id"] == nil && document["name"] == nil) {
      if isNamed, document["exception"]?.arrayValue != nil {
        result.diagnostics.append(Diagnostic(.error, file: file, RulePathSurvey.sentence(file)))
        return
      }
      result.diagnostics.append(
        Diagnostic(
          isNamed ? .error : .warning, file: file,
          "The file holds no rule: a table [rule] was looked for\(isNamed ? "" : "; the file is passed over")."))
      return
    }
    let source = RuleSource(
      file: file, format: .toml, text: text, range: 0..<text.bytes.count, start: SourcePosition(line: 1, column: 1),
      root: root)
    if let rule = document["rule"], rule.objectValue == nil {
      let position = source.position(of: RuleKeyPath(), .value) ?? source.start
      result.diagnostics.append(
        Diagnostic(
          .error, file: file, line: position.line, column: position.column,
          "`rule` must be one table, [rule], and is \(rule.kindName); a file holds one rule."))
      return
    }
    if root.isEmpty { members["metadata"] = nil }
    let notes = RuleNotes()
    var rule = RuleReader.read(members, notes: notes)
    if let metadata = document["metadata"] {
      if let entries = metadata.objectValue {
        rule?.metadata = RuleMetadata(entries: entries)
      } else {
        let position = source.position(absolute: [.key("metadata")], .value) ?? source.start
        result.diagnostics.append(
          Diagnostic(
            .error, file: file, line: position.line, column: position.column,
            "`metadata` must be a table, [metadata], and is \(metadata.kindName)."))
      }
    }
    if !root.isEmpty {
      for (key, value) in document where key != "rule" && key != "metadata" { rule?.otherTables[key] = value }
    }
    result.add(rule, notes, source)
  }
}
