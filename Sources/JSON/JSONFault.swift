/// Why a piece of JSON text is refused.
public enum JSONFault: Error, Hashable, Sendable {
  case notUTF8
  case unclosedString
  case bareControlCharacter
  case empty
  case badEscape
  case badNumber
  case badLiteral
  case unexpectedCharacter
  case unexpectedEnd
  case tooDeep
  case stringTooLong
  case outOfMemory
  case tooMany

  /// The cause in plain words, to stand after "record 7 at byte 1234: ".
  public var explanation: String {
    switch self {
    case .notUTF8: "not valid UTF-8"
    case .unclosedString: "a string is not closed"
    case .bareControlCharacter: "a control character stands unescaped in a string"
    case .empty: "nothing but white space"
    case .badEscape: "a string holds an escape that JSON does not know"
    case .badNumber: "a malformed number"
    case .badLiteral: "a malformed literal (true, false or null)"
    case .unexpectedCharacter: "malformed JSON"
    case .unexpectedEnd: "the JSON ends too early"
    case .tooDeep: "nested deeper than \(JSONLimits.depth) levels"
    case .stringTooLong: "a string longer than \(JSONLimits.stringBytes) bytes"
    case .outOfMemory: "not enough memory to index the text"
    case .tooMany: "more than \(JSONLimits.tokens) values, keys and marks"
    }
  }
}

/// The bounds on JSON text that is read from outside.
public enum JSONLimits {
  /// Levels of objects and arrays within one record.
  public static let depth = 60
  /// Bytes of one string, as written.
  public static let stringBytes = 1 << 20
  /// Tokens of a text of which values are made: brackets, commas, colons, strings, numbers and literals. A value takes up to
  /// fifty times as much memory as its text.
  public static let tokens = 5_000_000
}
