import CloudTrail
import JSON
import Testing

/// A record's members beside its time, and what one field of its event is.
struct MappingRow: Sendable, CustomTestStringConvertible {
  var record: String
  var path: String
  /// nil: the event has no such field.
  var value: JSONValue?
  var testDescription: String { "\(record.prefix(80)) → \(path)" }

  init(_ record: String, _ path: String, _ value: JSONValue?) {
    (self.record, self.path, self.value) = (record, path, value)
  }

  func check() throws {
    let mapped = try Mapped("{\"eventTime\":\"2024-05-01T10:00:01Z\",\(record)}")
    #expect(try mapped.value(path) == value, "\(mapped.text)")
  }
}
