/// What a policy is attached to, and so what it decides.
public enum PolicyKind: String, Hashable, Sendable {
  /// The trust policy of a role: who may assume it.
  case trust
  /// A managed policy: what those may do whom it is attached to.
  case managed
  /// A policy within a user, role or group: what that one may do.
  case inline
  /// The policy of an S3 bucket: who may do what with it.
  case bucket
  /// The policy of another resource, such as a key or a queue: who may do what with it.
  case resource

  /// True for policies that name who is allowed; the others are about their owner.
  var namesPrincipals: Bool { self == .trust || self == .bucket || self == .resource }
}
