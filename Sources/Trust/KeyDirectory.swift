/// Where keys are kept.
///
/// An implementation answers as things are now: a key that has been revoked a moment ago is so in its next answer. It may be asked by
/// several tasks at once, for every request.
public protocol KeyDirectory: Sendable {
  /// The key of an id, expired and revoked ones too; nil where there never was one. Throws where it cannot be told.
  func accessKey(_ id: String) throws -> AccessKey?
  /// Whether there ever was a key. From then on requests must show one, so that revoking the last lets nobody in.
  func hasAccessKeys() throws -> Bool
}
