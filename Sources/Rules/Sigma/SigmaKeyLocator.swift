import Query

/// Finds what a rule has of a Sigma document in its text again.
enum SigmaKeyLocator {
  /// What Sigma calls what a rule has.
  private static let names = [
    "name": "title", "rule_id": "id", "query": "detection", "language": "detection", "severity": "level",
    "risk_score": "level", "threat": "tags", "false_positives": "falsepositives", "index": "logsource",
    "investigation_fields": "fields", "type": "title",
  ]

  static func position(
    of path: RuleKeyPath, _ part: RuleSource.Part, in text: ArraySlice<UInt8>, line: Int
  ) -> SourcePosition? {
    guard let root = try? SigmaYAML.read(text, line: line) else { return nil }
    guard case .key(let first)? = path.steps.first else {
      return SourcePosition(line: root.place.line, column: root.place.column)
    }
    var key = names[first] ?? first
    if key == "detection", root["detection"] == nil { key = "correlation" }
    guard let member = root.map?.first(where: { $0.key == key }) else { return nil }
    var node = member.value
    var place = part == .key ? member.place : node.place
    for step in path.steps.dropFirst() {
      guard case .index(let at) = step, let list = node.list, list.indices.contains(at) else { break }
      node = list[at]
      place = node.place
    }
    return SourcePosition(line: place.line, column: place.column)
  }
}
