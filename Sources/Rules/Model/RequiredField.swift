/// A field that events must have for the rule to be of use.
public struct RequiredField: Hashable, Sendable {
  public var name: String
  /// The field's type, as `keyword`.
  public var type: String
  /// True when the Elastic Common Schema knows the field; nil when the rule does not say.
  public var isECS: Bool?

  public init(name: String, type: String, isECS: Bool? = nil) {
    self.name = name
    self.type = type
    self.isECS = isECS
  }
}
