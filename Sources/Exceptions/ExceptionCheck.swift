import Events
import JSON
import Rules

/// Everything that can be said of exceptions without running a hunt.
public struct ExceptionCheck: Sendable {
  /// An exception and the rules that it is for.
  public struct Checked: Sendable {
    public let item: ExceptionItem
    /// The ids and names of the rules, in their order.
    public let rules: [(id: String, name: String)]
    public let isExpired: Bool
  }

  public let files: Int
  public let items: [Checked]
  /// How many rules there are to be excepted from.
  public let rules: Int
  /// How many of them have an exception that has not expired.
  public let exceptedRules: Int
  /// Errors and warnings, by file and place.
  public let diagnostics: [Diagnostic]

  public var errorCount: Int { diagnostics.count { $0.severity == .error } }
  public var expiredCount: Int { items.count(where: \.isExpired) }

  /// - Parameter now: the time against which expiry is told.
  public init(_ loaded: ExceptionLoadResult, rules: [LoadedRule], now: Timestamp) {
    let set = ExceptionSet(loaded)
    var rulesOfItem = [[(id: String, name: String)]](repeating: [], count: loaded.items.count)
    var excepted = 0
    for rule in rules.map(\.rule) {
      let places = set.places(for: rule)
      for place in places { rulesOfItem[place].append((rule.ruleID, rule.name)) }
      if places.contains(where: { !loaded.items[$0].item.isExpired(at: now) }) { excepted += 1 }
    }
    files = loaded.files
    items = zip(loaded.items, rulesOfItem).map {
      Checked(item: $0.item, rules: $1, isExpired: $0.item.isExpired(at: now))
    }
    self.rules = rules.count
    exceptedRules = excepted
    diagnostics = (loaded.diagnostics + set.diagnostics(for: rules)).sorted {
      ($0.file, $0.line, $0.column) < ($1.file, $1.line, $1.column)
    }
  }

  /// The check for a person, a line each.
  public var lines: [String] {
    var lines = diagnostics.map(\.description)
    for checked in items {
      let item = checked.item
      lines.append("\(item.file):\(item.line): \(item.name)")
      if !item.description.isEmpty, item.description != item.name { lines.append("  why: \(item.description)") }
      for (at, entry) in item.entries.enumerated() { lines.append("  \(at == 0 ? "when" : "and"): \(entry)") }
      if !item.osTypes.isEmpty { lines.append("  and: the host runs \(item.osTypes.joined(separator: " or "))") }
      lines.append("  for: \(Self.sentence(of: checked, rules))")
      if let expires = item.expires { lines.append("  \(checked.isExpired ? "EXPIRED" : "until"): \(expires.iso8601)") }
    }
    lines.append(
      "\(Self.count(files, "file")), \(Self.count(items.count, "exception")) (\(expiredCount) expired), for "
        + "\(exceptedRules) of \(Self.count(rules, "rule")); \(Self.count(errorCount, "error")), "
        + Self.count(diagnostics.count - errorCount, "warning"))
    return lines
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  private static func sentence(of checked: Checked, _ rules: Int) -> String {
    if checked.item.scope == .all { return rules == 1 ? "the one rule" : "all \(rules) rules" }
    guard !checked.rules.isEmpty else { return "no rule" }
    let told = checked.rules.prefix(5).map(\.name).joined(separator: ", ")
    return checked.rules.count > 5 ? "\(told) and \(checked.rules.count - 5) more" : told
  }

  /// The check for tools.
  public var json: JSONValue {
    func list(_ severity: Diagnostic.Severity) -> JSONValue {
      .array(
        diagnostics.filter { $0.severity == severity }.map {
          [
            "file": .string($0.file), "line": .integer(Int64($0.line)), "column": .integer(Int64($0.column)),
            "message": .string($0.message),
          ]
        })
    }
    return [
      "files": .integer(Int64(files)), "rules": .integer(Int64(rules)),
      "excepted_rules": .integer(Int64(exceptedRules)), "expired": .integer(Int64(expiredCount)),
      "exceptions": .array(items.map(Self.json)), "errors": list(.error), "warnings": list(.warning),
    ]
  }

  private static func json(_ checked: Checked) -> JSONValue {
    let item = checked.item
    var members: [String: JSONValue] = [
      "item_id": .string(item.itemID), "name": .string(item.name), "reason": .string(item.description),
      "file": .string(item.file), "line": .integer(Int64(item.line)),
      "entries": .array(item.entries.map { .string($0.description) }),
      "rules": .array(checked.rules.map { ["rule_id": .string($0.id), "name": .string($0.name)] }),
      "expired": .bool(checked.isExpired), "all_rules": .bool(item.scope == .all),
    ]
    if let list = item.listID { members["list_id"] = .string(list) }
    if let expires = item.expires { members["expires"] = .string(expires.iso8601) }
    return .object(members)
  }
}
