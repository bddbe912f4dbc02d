/// Why a policy cannot be read.
public enum PolicyFault: Error, Hashable, Sendable {
  /// Longer than `PolicyText.limit`, so that only its beginning is known.
  case tooLong
  case notJSON
  /// JSON, but no object.
  case notObject
  /// There is no `Statement`, or it is no statement and no list of them.
  case noStatement
  /// Something is wrong in a statement, counted from 1.
  case statement(Int, String)

  /// The cause as a clause: "it is not JSON".
  public var text: String {
    switch self {
    case .tooLong: "it is longer than \(PolicyText.limit / 1024) KiB"
    case .notJSON: "it is not JSON"
    case .notObject: "it is not an object"
    case .noStatement: "it has no statement"
    case .statement(let number, let cause): "statement \(number) \(cause)"
    }
  }
}
