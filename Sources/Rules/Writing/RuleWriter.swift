import JSON

/// Writes rules in the formats that `RuleLoader` reads; what was written reads back as the same rule.
///
/// ```swift
/// let file = try RuleWriter.toml(rule)           // [metadata], [rule], …
/// let line = try RuleWriter.ndjson(rule)         // one object, as Kibana exports it
/// ```
public enum RuleWriter {
  /// The rule as a file of its own, laid out as `RuleFormatter` lays files out. What TOML does not know, nulls and numbers of
  /// any size, is told in a table of its own (`TOMLKeepsake`).
  ///
  /// Throws where TOML cannot hold a value: nesting deeper than the reader takes.
  public static func toml(_ rule: Rule) throws(RuleWritingError) -> String {
    var root = rule.otherTables
    root["rule"] = .object(try RuleFields.members(rule, .file))
    if !rule.metadata.entries.isEmpty { root["metadata"] = .object(rule.metadata.entries) }
    var builder = TOMLBuilder()
    var document = try builder.document(root)
    if !builder.keepsake.isEmpty {
      try builder.keepsake.pack(into: &root)
      document = try builder.document(root)
    }
    return TOMLPrinter.text(document)
  }

  /// The rule's fields by the names of the format, defaults too, as Kibana keeps them; members that the format does not know
  /// are left out.
  public static func fields(_ rule: Rule) -> [String: JSONValue] {
    var known = rule
    known.unknownFields = []
    known.writtenForms = []
    // Only unknown members can be in each other's way.
    return (try? RuleFields.members(known, .export)) ?? [:]
  }

  /// The rule as one object on one line, with every field that Kibana exports; `[metadata]` and other tables of its file
  /// stand under `meta.martlet`.
  ///
  /// Throws where JSON cannot hold a value: a number that is infinite or none.
  public static func ndjson(_ rule: Rule) throws(RuleWritingError) -> String {
    var members = try RuleFields.members(rule, .export)
    RuleKeepsake.pack(rule, into: &members)
    for (key, value) in members where !value.isJSON {
      throw RuleWritingError("`\(key)` holds a number that JSON cannot write, infinite or not a number")
    }
    return JSONValue.object(members).text
  }
}

extension JSONValue {
  /// False where a number stands somewhere that JSON has no way to write.
  fileprivate var isJSON: Bool {
    switch self {
    case .double(let value): value.isFinite
    case .array(let elements): elements.allSatisfy(\.isJSON)
    case .object(let members): members.values.allSatisfy(\.isJSON)
    case .null, .bool, .integer, .number, .string: true
    }
  }
}
