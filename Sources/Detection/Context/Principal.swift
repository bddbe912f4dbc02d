import CloudTrail
import Events
import JSON
import Query

/// Who made a call: the first of the fields that tell it which the event has.
public struct Principal: Hashable, Sendable {
  public var field: String
  public var value: String

  /// The fields, the most telling first.
  static let fields = [
    "aws.cloudtrail.user_identity.arn", "user.id", "user.name", "aws.cloudtrail.user_identity.invoked_by",
  ]

  init(field: String, value: String) {
    self.field = field
    self.value = value
  }

  /// Nil for an event that names nobody.
  init?(_ fields: EventFields) { self.init { fields.first($0) } }

  /// Nil for an event that names nobody.
  ///
  /// - Parameter first: the first value that the event has of a field.
  init?(_ first: (String) -> String?) {
    for field in Self.fields {
      if let value = first(field) {
        self.init(field: field, value: value)
        return
      }
    }
    return nil
  }

  /// KQL for events of the principal between two times, the second excluded; `timeField` names the time.
  func query(from: Timestamp, until: Timestamp, timeField: String = "@timestamp") -> String {
    "\(field): \(KQL.quoted(value)) and \(timeField) >= \"\(from.iso8601)\" and \(timeField) < \"\(until.iso8601)\""
  }
}
