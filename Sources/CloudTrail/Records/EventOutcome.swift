import JSON

/// What became of a call: `event.outcome`.
enum EventOutcome {
  case success
  case failure
  /// A console login says it in its response.
  case stated([UInt8])

  /// The outcome of a record whose members are known.
  static func of(_ members: RecordMembers, in index: StructuralIndex) -> EventOutcome {
    if let name = members.node(.eventName, in: index), name.isString, name.rawString.equals("ConsoleLogin"),
      let stated = members.node(.responseElements, in: index)?.member("ConsoleLogin")?.string, !stated.isEmpty
    {
      return .stated(Array(stated.lowercased().utf8))
    }
    let failed = holdsValue(members.node(.errorCode, in: index)) || holdsValue(members.node(.errorMessage, in: index))
    return failed ? .failure : .success
  }

  private static func holdsValue(_ node: JSONNode?) -> Bool {
    guard let node, !node.isNull else { return false }
    return !node.isString || node.rawString.count > 0
  }

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
