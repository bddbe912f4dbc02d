import JSON

extension JSONValue {
  /// The value of a JSON text.
  init(json: String) throws {
    self = try JSONValue(parsing: json)
  }
}
