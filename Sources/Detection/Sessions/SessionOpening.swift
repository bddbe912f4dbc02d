import CloudTrail
import Events

/// A call that opened a session. Texts are codes of the log that holds it; 0 is none.
struct SessionOpening: Sendable {
  var time: Int64
  var id: EventID
  var eventID: UInt32
  var action: UInt32
  /// The key that was given out.
  var issuedKey: UInt32
  /// The ARN of the session that was opened.
  var session: UInt32

  /// Who opened it: type, ARN and name as the event has them, and the key that the call was signed with.
  var type: UInt32
  var arn: UInt32
  var name: UInt32
  var accessKey: UInt32
  /// When the session was opened that it was opened from.
  var created: Int64?

  /// Gives its texts other codes.
  func renumbered(_ code: (UInt32) -> UInt32) -> SessionOpening {
    var opening = self
    for text: WritableKeyPath<SessionOpening, UInt32> in [
      \.eventID, \.action, \.issuedKey, \.session, \.type, \.arn, \.name, \.accessKey,
    ] {
      opening[keyPath: text] = code(self[keyPath: text])
    }
    return opening
  }
}
