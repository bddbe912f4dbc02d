/// A list of exceptions that a rule obeys.
public struct ExceptionListReference: Hashable, Sendable {
  /// The list's id in the store that holds it.
  public var id: String
  /// The list's id among people, unique within its name space.
  public var listID: String
  /// The kind of list, as `detection` or `rule_default`.
  public var type: String
  /// `single` for a list of one space, `agnostic` for a list of all.
  public var namespaceType: String

  public init(id: String, listID: String, type: String = "detection", namespaceType: String = "single") {
    self.id = id
    self.listID = listID
    self.type = type
    self.namespaceType = namespaceType
  }
}
