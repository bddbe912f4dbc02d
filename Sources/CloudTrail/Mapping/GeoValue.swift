import Events

/// One field that a database of addresses gives, as text or as a number in JSON's spelling.
struct GeoValue: Sendable {
  var field: EventField
  var kind: ScalarKind
  var bytes: [UInt8]

  init(_ field: EventField, _ text: String) {
    (self.field, kind, bytes) = (field, .string, Array(text.utf8))
  }

  init(_ field: EventField, number: String) {
    (self.field, kind, bytes) = (field, .number, Array(number.utf8))
  }
}
