import JSON

/// A field of a rule that the format does not know: kept, without effect.
public struct UnknownField: Hashable, Sendable {
  public var path: RuleKeyPath
  public var value: JSONValue

  public init(path: RuleKeyPath, value: JSONValue) {
    self.path = path
    self.value = value
  }
}
