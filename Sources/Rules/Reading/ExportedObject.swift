import JSON

/// An object that is no rule, as Kibana exports it beside rules, and where it was read from.
public struct ExportedObject: Sendable {
  public let value: JSONValue
  public let source: RuleSource

  package init(_ value: JSONValue, _ source: RuleSource) {
    self.value = value
    self.source = source
  }
}
