extension Explanation.Subject {
  /// Takes over what was called, by whom, and how it ended; `value` gives the first value of a field.
  mutating func tell(_ value: (String) -> String?) {
    action = value("event.action")
    actor = Principal.fields.lazy.compactMap(value).first
    let ending = CallEnding(value)
    outcome = ending.outcome
    errorCode = ending.errorCode
  }
}
