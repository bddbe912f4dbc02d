import JSON

/// What became of a call: `event.outcome`.
enum EventOutcome {
  case success
  case failure
  /// A console login says it in its response.
  case stated([UInt8])

  /// The outcome of a record whose members are known; nil for a record that sums up many calls.
  static func of(_ members: RecordMembers, in index: StructuralIndex) -> EventOutcome? {
    guard !isAggregated(members, in: index) else { return nil }
    if let name = members.node(.eventName, in: index), name.isString {
      let raw = name.rawString
      if raw.equals("ConsoleLogin"), let stated = members.node(.responseElements, in: index)?.member("ConsoleLogin"),
        !stated.isEmptyValue, let text = stated.string
      {
        return .stated(Array(text.lowercased().utf8))
      }
      if raw.equals("SwitchRole"), saysFailure(members.node(.responseElements, in: index)?.member("SwitchRole")) {
        return .failure
      }
    }
    if let details = members.node(.serviceEventDetails, in: index), details.isObject,
      saysFailure(details.member("CredentialVerification")) || saysFailure(details.member("UserAuthentication"))
    {
      return .failure
    }
    if holdsValue(members.node(.errorCode, in: index)) || holdsValue(members.node(.errorMessage, in: index)) {
      return .failure
    }
    return .success
  }

  /// True of an event that sums up many calls, whose members tell of no single one.
  static func isAggregated(_ members: RecordMembers, in index: StructuralIndex) -> Bool {
    guard members.token(.timeWindow) != nil, let type = members.node(.eventType, in: index), type.isString else {
      return false
    }
    return type.rawString.equals("AwsAggregatedEvent")
  }

  private static func saysFailure(_ node: JSONNode?) -> Bool {
    guard let node, node.isString else { return false }
    return node.rawString.equals("Failure")
  }

  private static func holdsValue(_ node: JSONNode?) -> Bool { node.map { !$0.isEmptyValue } ?? false }

  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let text: StaticString
    switch self {
    case .success: text = "success"
    case .failure: text = "failure"
    case .stated(let bytes): return bytes.withUnsafeBufferPointer(body)
    }
    return body(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
