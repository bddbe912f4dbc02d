import Events
import JSON

/// What takes the fields of an event as a mapping finds them.
public protocol EventSink {
  /// False for a field that nobody will look at, so that it need not be worked out.
  func wants(_ field: EventField) -> Bool
  /// False when no field of a group will be looked at.
  func wants(_ group: FieldGroup) -> Bool
  /// A value of a field; values of one field come in order. The bytes are borrowed for the call.
  mutating func add(_ field: EventField, _ value: Scalar)
  /// The object of a flattened field, empty values still in it.
  mutating func addFlattened(_ field: EventField, _ object: JSONNode)
  /// One of the record's resources.
  mutating func addResource(arn: Scalar?, accountID: Scalar?, type: Scalar?)
}

extension EventSink {
  @inline(__always)
  mutating func add(_ field: EventField, _ text: StaticString) {
    add(field, Scalar(.string, UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)))
  }

  mutating func add(_ field: EventField, _ text: String) {
    var text = text
    text.withUTF8 { add(field, Scalar(.string, $0)) }
  }
}
