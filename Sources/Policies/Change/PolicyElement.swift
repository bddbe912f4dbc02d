/// One thing that was added to a policy or removed from it.
public struct PolicyElement: Hashable, Sendable {
  public enum What: String, Hashable, Sendable {
    case statement, principal, action, resource, condition, version, other
    /// Stands for elements that are too many to be told.
    case more
  }

  /// What kind of thing it is.
  public let what: What
  /// The thing with the grant that it is part of, in words: `Deny s3:PutObject to anyone`.
  public let text: String
}
