import Events

/// What a text constant is as a value of another type.
public enum LiteralReading {
  /// Throws where the text is none.
  ///
  /// - Parameter now: what date math counts from; without it only plain dates are read.
  public static func value(
    _ text: String, as type: DataType, now: Timestamp?
  ) throws(EvaluationFault) -> Value {
    switch type {
    case .date, .dateNanos:
      guard let time = time(text, now: now) else {
        throw EvaluationFault("Cannot convert string [\(text)] to [\(type.rawValue)]")
      }
      if type == .date { return .whole(time.milliseconds) }
      if let nanos = DateNanos.bounds(text, now: now ?? Timestamp(milliseconds: 0))?.first { return .whole(nanos) }
      throw EvaluationFault("Cannot convert string [\(text)] to [\(type.rawValue)]")
    case .ip:
      guard let address = IPAddress(text) else { throw EvaluationFault("'\(text)' is not an IP string literal.") }
      return .address(address)
    case .version: return .version(SemanticVersion(text))
    case .boolean:
      switch text.lowercased() {
      case "true": return .boolean(true)
      case "false": return .boolean(false)
      default: throw EvaluationFault("Cannot convert string [\(text)] to [boolean]")
      }
    default: return .text(text)
    }
  }

  private static func time(_ text: String, now: Timestamp?) -> Timestamp? {
    if let time = Timestamp(iso8601: text) { return time }
    guard text.utf8.count <= 100, let math = try? DateMath(text), now != nil || !math.isRelative else { return nil }
    return math.resolve(now: now ?? Timestamp(milliseconds: 0), roundingUp: false)
  }
}
