import JSON
import Rules

/// Reads the values that entries compare with.
enum EntryValue {
  /// One value, of which a number or a boolean counts by its text.
  static func one(_ key: String, _ reader: inout ObjectReader) -> String? {
    guard let value = reader.value(key) else {
      reader.missing(key, "give the value to compare with")
      return nil
    }
    guard let text = text(value), !text.isEmpty else {
      reader.error(at: key, "`\(reader.path.appending(key))` must be a text that is not empty, and is \(kind(value))")
      return nil
    }
    return text
  }

  /// A list of at least one value.
  static func several(_ key: String, _ reader: inout ObjectReader) -> [String]? {
    guard let value = reader.value(key) else {
      reader.missing(key, "give a list of the values to compare with")
      return nil
    }
    let texts = value.arrayValue?.map { text($0) }
    guard let texts, !texts.isEmpty, !texts.contains(where: { $0?.isEmpty ?? true }) else {
      reader.error(at: key, "`\(reader.path.appending(key))` must be a list of texts, none of them empty")
      return nil
    }
    return texts.compactMap(\.self)
  }

  private static func kind(_ value: JSONValue) -> String { value == "" ? "empty" : value.kindName }

  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer, .double, .number, .bool: value.text
    case .null, .array, .object: nil
    }
  }
}
