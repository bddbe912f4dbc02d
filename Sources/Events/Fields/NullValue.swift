import JSON

/// What an explicit null in a field counts as (`null_value` of an Elasticsearch mapping).
public struct NullValue: Hashable, Sendable {
  public var kind: ScalarKind
  public var bytes: [UInt8]

  /// Nil for what is no plain value, null among them.
  init?(_ value: JSONValue) {
    switch value {
    case .string(let text): (kind, bytes) = (.string, Array(text.utf8))
    case .bool: (kind, bytes) = (.boolean, Array(value.text.utf8))
    case .integer, .double, .number: (kind, bytes) = (.number, Array(value.text.utf8))
    case .null, .array, .object: return nil
    }
  }
}
