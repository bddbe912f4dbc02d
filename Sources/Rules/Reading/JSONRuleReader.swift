import JSON

/// Reads rules in JSON: an export of Kibana (an object a line), one object, or an array of objects.
enum JSONRuleReader {
  static func read(_ text: SourceText, file: String, isNamed: Bool, into result: inout RuleLoadResult) {
    let found = result.rules.count + result.exportedObjects
    let said = result.diagnostics.count
    let bytes = text.bytes
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let firstLine = bytes[start...].split(separator: UInt8(ascii: "\n"), maxSplits: 1).first ?? []
    // A whole object on the first line tells an export; else the file may be one value over many lines.
    if (try? JSONDocument(firstLine)) == nil, let document = try? JSONDocument(bytes[start...]) {
      withExtendedLifetime(document) { readWhole(document.root, start, text, file, &result) }
    } else {
      readLines(from: start, text, file, &result)
    }
    guard result.rules.count + result.exportedObjects == found, result.diagnostics.count == said else { return }
    result.diagnostics.append(
      Diagnostic(
        isNamed ? .error : .warning, file: file,
        "The file holds no rule: a JSON object a line was looked for, as Kibana exports them."))
  }

  private static func readWhole(
    _ root: JSONNode, _ start: Int, _ text: SourceText, _ file: String, _ result: inout RuleLoadResult
  ) {
    var position = SourcePosition(line: 1, column: 1)
    var reached = start
    func read(_ node: JSONNode) {
      let lower = start + node.index.offset(node.token)
      let range = lower..<(lower + node.sourceText.count)
      position = text.position(at: lower, from: reached, startingAt: position)
      reached = lower
      readValue(range, position, text, file, &result)
    }
    if root.isArray {
      root.forEachElement { read($0) }
    } else {
      read(root)
    }
  }

  private static func readLines(
    from start: Int, _ text: SourceText, _ file: String, _ result: inout RuleLoadResult
  ) {
    var line = 1
    var at = start
    while at < text.bytes.count {
      let end = text.bytes[at...].firstIndex(of: UInt8(ascii: "\n")) ?? text.bytes.count
      if !text.bytes[at..<end].allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) {
        readValue(at..<end, SourcePosition(line: line, column: 1), text, file, &result)
      }
      line += 1
      at = end + 1
    }
  }

  private static func readValue(
    _ range: Range<Int>, _ start: SourcePosition, _ text: SourceText, _ file: String,
    _ result: inout RuleLoadResult
  ) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: text.bytes[range])
    } catch {
      let position = text.position(
        at: range.lowerBound + (error.offset ?? 0), from: range.lowerBound, startingAt: start)
      result.diagnostics.append(
        Diagnostic(
          .error, file: file, line: position.line, column: position.column,
          "This is not JSON: \(error.fault.explanation). An object a line is expected; the others are read."))
      return
    }
    guard var members = value.objectValue else {
      result.diagnostics.append(
        Diagnostic(
          .error, file: file, line: start.line, column: start.column,
          "A rule must be an object, and this is \(value.kindName)."))
      return
    }
    var root: [RuleKeyPath.Step] = []
    switch kind(members) {
    case .summary: result.summaries.append(value)
    case .exceptionList: result.exceptionLists.append(value)
    case .exceptionItem: result.exceptionItems.append(value)
    case .savedObject: result.otherObjects.append(value)
    case .savedRule:
      root = [.key("attributes")]
      members = members["attributes"]?.objectValue ?? [:]
      fallthrough
    case .rule:
      let notes = RuleNotes()
      let rule = RuleReader.read(members, notes: notes)
      result.add(
        rule, notes,
        RuleSource(file: file, format: .json, text: text, range: range, start: start, root: root))
    case .unknown:
      result.diagnostics.append(
        Diagnostic(
          .warning, file: file, line: start.line, column: start.column,
          "This object is neither a rule nor anything else that Kibana exports with rules; it is passed over."))
    }
  }

  private enum Kind {
    case rule, savedRule, summary, exceptionList, exceptionItem, savedObject, unknown
  }

  private static func kind(_ members: [String: JSONValue]) -> Kind {
    if members["rule_id"] != nil || members["risk_score"] != nil { return .rule }
    if members["exported_count"] != nil || members["exported_rules_count"] != nil { return .summary }
    if members["list_id"] != nil {
      return members["item_id"] != nil || members["entries"] != nil ? .exceptionItem : .exceptionList
    }
    if members["attributes"]?.objectValue != nil, members["type"] != nil {
      return members["type"] == "security-rule" ? .savedRule : .savedObject
    }
    return members["type"] != nil && members["name"] != nil ? .rule : .unknown
  }
}
