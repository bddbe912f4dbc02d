/// How a queue or a bucket is reached, as settings say it.
public struct AWSSettings: Sendable, Equatable {
  public var region: String?
  /// A profile of the shared files. One that is named comes before keys in variables.
  public var profile: String?
  /// Http or https with host and port, for a store that speaks as AWS does, or a way of its own to AWS.
  public var endpoint: String?
  /// A role that is assumed, such as one of another account.
  public var role: String?
  public var externalID: String?
  public var sessionName = "martlet"
  /// Whether the bucket's name stands in the path; with an endpoint of its own it always does.
  public var usesPaths = false
  public var usesFIPS = false
  public var usesDualStack = false
  /// Whether requests of buckets whose owners let others pay are paid for.
  public var paysAsRequester = false

  public init() {}
}
