/// An integration that delivers the events that the rule reads.
public struct RelatedIntegration: Hashable, Sendable {
  public var package: String
  /// The versions that serve, as `^2.0.0`; empty when the rule names none.
  public var version: String
  /// The part of the package, as `cloudtrail`.
  public var integration: String?

  public init(package: String, version: String = "", integration: String? = nil) {
    self.package = package
    self.version = version
    self.integration = integration
  }
}
