import Rules

/// A list of exceptions that rules obey by naming it, as Kibana keeps it.
public struct ExceptionList: Hashable, Sendable {
  /// The list's id among people, unique within its name space.
  public var listID: String
  /// `single` for a list of one space, `agnostic` for a list of all.
  public var namespaceType: String
  /// `detection` for a shared list, `rule_default` for a rule's own, `endpoint…` for lists of Elastic's agent.
  public var type: String
  public var name: String
  public var description: String
  public var tags: [String]
  public var file: String
  public var line: Int

  public init(
    listID: String, namespaceType: String = "single", type: String = "detection", name: String,
    description: String = "",
    tags: [String] = [], file: String, line: Int
  ) {
    self.listID = listID
    self.namespaceType = namespaceType
    self.type = type
    self.name = name
    self.description = description
    self.tags = tags
    self.file = file
    self.line = line
  }

  /// True for lists of Elastic's endpoint agent, which the agent itself obeys; no rule has them here.
  public var isEndpoint: Bool { type.hasPrefix("endpoint") }
}
