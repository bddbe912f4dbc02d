import JSON

/// Lays values out as a TOML document: what a rule file has as tables becomes tables, other objects stand in braces
/// where they fit on a line.
struct TOMLBuilder {
  /// The places of what TOML does not know: nulls are left out, and large numbers are written as texts.
  private(set) var keepsake = TOMLKeepsake()

  /// Objects that have a header of their own, whatever their size.
  private static let tables: Set<[String]> = [
    ["metadata"], ["rule"], ["rule", "threat"], ["rule", "threat", "technique"],
    ["rule", "threat", "technique", "subtechnique"], ["rule", "threat", "tactic"], ["rule", "new_terms"],
    ["rule", "new_terms", "history_window_start"], ["rule", "investigation_fields"], ["rule", "threshold"],
    ["rule", "threshold", "cardinality"], ["rule", "alert_suppression"], ["rule", "exceptions_list"],
    ["rule", "related_integrations"], ["rule", "required_fields"], ["rule", "severity_mapping"],
    ["rule", "risk_score_mapping"], ["rule", "filters"], ["rule", "threat_filters"], ["rule", "threat_mapping"],
    ["rule", "threat_mapping", "entries"],
  ]

  mutating func document(_ members: [String: JSONValue]) throws(RuleWritingError) -> TOMLDocument {
    var document = TOMLDocument()
    document.root = try section(members, RuleKeyPath(), names: [])
    document.root.hasHeader = false
    return document
  }

  private mutating func section(
    _ members: [String: JSONValue], _ path: RuleKeyPath, names: [String]
  ) throws(RuleWritingError) -> TOMLSection {
    try check(path, depth: path.steps.count)
    let section = TOMLSection()
    section.hasHeader = true
    for (key, value) in sorted(members) {
      let path = path.appending(key)
      let names = names + [key]
      guard value != .null else {
        keepsake.nulls.append(path)
        continue
      }
      if names.count == 1 || Self.tables.contains(names) || !fitsLine(value, key, depth: path.steps.count) {
        if let table = value.objectValue {
          section.children.append(
            TOMLSection.Child(name: key, isArray: false, sections: [try self.section(table, path, names: names)]))
          continue
        }
        if let elements = value.arrayValue, !elements.isEmpty, elements.allSatisfy({ $0.objectValue != nil }) {
          var sections: [TOMLSection] = []
          for (at, element) in elements.enumerated() {
            sections.append(try self.section(element.objectValue ?? [:], path.appending(at), names: names))
          }
          section.children.append(TOMLSection.Child(name: key, isArray: true, sections: sections))
          continue
        }
      }
      section.entries.append(
        TOMLSection.Entry(key: [key], item: try item(value, path, names: names, depth: path.steps.count)))
    }
    return section
  }

  private func sorted(_ members: [String: JSONValue]) -> [(key: String, value: JSONValue)] {
    members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }

  /// True when a value fits on the line of its key and holds no text of several lines.
  private func fitsLine(_ value: JSONValue, _ key: String, depth: Int) -> Bool {
    var trial = TOMLBuilder()
    guard let item = try? trial.item(value, RuleKeyPath(key), names: [], depth: depth) else { return false }
    return !item.holdsLines && key.utf8.count + 3 + TOMLPrinter.oneLine(item).utf8.count <= TOMLPrinter.columns
  }

  private mutating func item(
    _ value: JSONValue, _ path: RuleKeyPath, names: [String], depth: Int
  ) throws(RuleWritingError) -> TOMLItem {
    switch value {
    // Callers leave nulls out.
    case .null: throw RuleWritingError("`\(path)` is null, which TOML cannot hold")
    case .bool(let value): return .bare(value ? "true" : "false")
    case .integer(let value): return .bare(String(value))
    case .double(let value):
      return .bare(value.isFinite ? value.description : value.isNaN ? "nan" : value < 0 ? "-inf" : "inf")
    case .number(let text):
      keepsake.numbers.append(path)
      return .string(text)
    case .string(let text): return .string(text)
    case .array(let elements):
      try check(path, depth: depth + 1)
      var items: [TOMLElement] = []
      for (at, element) in elements.enumerated() {
        guard element != .null else {
          keepsake.nulls.append(path.appending(at))
          continue
        }
        items.append(TOMLElement(item: try item(element, path.appending(at), names: names, depth: depth + 1)))
      }
      return .array(items, tail: [])
    case .object(let members):
      // The braces are a level to the reader, and so is the key of each member.
      try check(path, depth: depth + (members.isEmpty ? 1 : 2))
      var items: [TOMLMember] = []
      for (key, value) in RuleFieldOrder.sorted(sorted(members), in: names, name: \.key) {
        let path = path.appending(key)
        guard value != .null else {
          keepsake.nulls.append(path)
          continue
        }
        items.append(TOMLMember(key: [key], item: try item(value, path, names: names + [key], depth: depth + 2)))
      }
      return .inline(items)
    }
  }

  /// - Parameter depth: the levels of what stands at the path, as the reader counts them.
  private func check(_ path: RuleKeyPath, depth: Int) throws(RuleWritingError) {
    guard depth <= TOMLParser.maximumDepth else {
      throw RuleWritingError("`\(path)` is nested deeper than \(TOMLParser.maximumDepth) levels, which is not read")
    }
  }
}
