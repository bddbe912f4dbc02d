import CloudTrail
import Events

/// The session that a call was made in, as the call itself tells it.
struct SessionUse: Sendable {
  /// The key that signed the call.
  var accessKey: String?
  /// The session's own ARN (`arn:aws:sts::…:assumed-role/ROLE/SESSION`, `…:federated-user/NAME`).
  var arn: String?
  /// When the session was opened, in milliseconds since 1970.
  var created: Int64?
  /// When the call was made.
  var time: Int64

  /// Nil for a call that was made with a key of long life, or by nobody's session.
  init?(accessKey: String?, arn: String?, created: Int64?, time: Int64) {
    let isSession = arn.map(Self.isSession) ?? false
    guard isSession || accessKey.map(Self.isTemporary) ?? false else { return nil }
    self.accessKey = accessKey
    self.arn = isSession ? arn : nil
    self.created = created
    self.time = time
  }

  /// Nil for an event that was not made in a session.
  init?(_ fields: EventFields, time: Int64) {
    self.init(
      accessKey: fields.first(SessionField.accessKey), arn: fields.first(SessionField.arn),
      created: fields.first(SessionField.created).flatMap { Timestamp(iso8601: $0)?.milliseconds }, time: time)
  }

  /// Keys that the security token service gives out begin so; those of users begin with `AKIA`.
  static func isTemporary(_ accessKey: String) -> Bool { accessKey.hasPrefix("ASIA") }

  static func isSession(_ arn: String) -> Bool {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    return parts.count == 6 && parts[2] == "sts"
      && (parts[5].hasPrefix("assumed-role/") || parts[5].hasPrefix("federated-user/"))
  }
}
