import JSON

/// An API call, as far as the readers of policies look at it.
struct PolicyCall {
  let account: String?
  let region: String?
  let request: JSONValue?
  let response: JSONValue?
  let failure: String?

  /// A text of the request that is not empty.
  func text(_ name: String) -> String? {
    guard let text = request?[name]?.stringValue, !text.isEmpty else { return nil }
    return text
  }

  /// The policy in the request.
  func policy(_ name: String) -> PolicyText? { PolicyText(request?[name]) }

  func setting(_ target: PolicyTarget, _ change: PolicySetting.Change) -> PolicySetting {
    PolicySetting(target: target, change: change, failure: failure)
  }
}
