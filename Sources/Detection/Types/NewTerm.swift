import Events
import JSON

/// A value in `kibana.alert.new_terms`, with its JSON type.
public struct NewTerm: Hashable, Sendable {
  public var kind: ScalarKind
  /// The value; of one longer than 256 bytes that was not looked up in its event again, `sha256:` and its hash.
  public var text: String
  /// True when `text` is a hash.
  public var isHash = false
}

extension NewTerm {
  /// The value with its JSON type.
  var json: JSONValue {
    switch kind {
    case .string: .string(text)
    case .boolean: .bool(text == "true")
    case .number: (try? JSONValue(parsing: text)) ?? .string(text)
    }
  }
}
