/// How a call ended, as its event tells it.
struct CallEnding: Sendable, Equatable {
  /// `event.outcome`; `failure` for whatever has an error code. Nil where the event does not say.
  let outcome: String?
  /// The code that the call failed with.
  let errorCode: String?

  init(outcome: String?, errorCode: String?) {
    self.outcome = outcome
    self.errorCode = errorCode
  }

  /// - Parameter value: the first value of a field.
  init(_ value: (String) -> String?) {
    errorCode = value("aws.cloudtrail.error_code").flatMap { $0.isEmpty ? nil : $0 }
    outcome = errorCode == nil ? value("event.outcome") : "failure"
  }
}
