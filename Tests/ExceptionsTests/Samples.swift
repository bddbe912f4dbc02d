import Events
import Exceptions
import JSON
import Query
import Rules
import Testing

enum Samples {
  static func rule(_ id: String, _ name: String, lists: [ExceptionListReference] = []) -> Rule {
    var rule = Rule(ruleID: id, name: name, type: .query, severity: .low, riskScore: 21)
    rule.exceptionLists = lists
    return rule
  }

  /// A file with one exception for all rules, with these entries.
  static func toml(_ entries: String...) -> String {
    "[[exception]]\nname = \"x\"\nrules = \"all\"\nentries = [\n" + entries.map { "  { \($0) },\n" }.joined() + "]\n"
  }

  /// An item of Kibana with these entries.
  static func item(_ entries: JSONValue, list: String = "l", id: String = "i", more: [String: JSONValue] = [:])
    -> String
  {
    let members: [String: JSONValue] = [
      "list_id": .string(list), "item_id": .string(id), "name": "n", "description": "d", "type": "simple",
      "namespace_type": "single", "comments": [], "tags": [], "os_types": [], "entries": entries,
    ]
    return JSONValue.object(members.merging(more) { $1 }).text
  }

  /// The predicate of the only exception of a text.
  static func predicate(_ text: String, _ file: String = "x.toml") throws -> Predicate {
    let loaded = ExceptionLoader.load(text: text, file: file)
    #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
    return try #require(loaded.items.first).predicate
  }

  static func errors(_ text: String, _ file: String = "x.toml") -> [String] {
    ExceptionLoader.load(text: text, file: file).diagnostics.filter { $0.severity == .error }
      .map { "\($0.line):\($0.column): \($0.message)" }
  }
}
