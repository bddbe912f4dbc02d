import JSON

/// The tokens at which a record's known top-level members have their values.
public struct RecordMembers {
  /// A token per `RecordKey`; 0 (which is never a member's value) for a member that is not there.
  private var tokens: InlineTokens = InlineTokens()

  struct InlineTokens {
    var values: [UInt32] = [UInt32](repeating: 0, count: RecordKey.allCases.count)
  }

  public init() {}

  mutating func removeAll() {
    tokens.values.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
  }

  @inline(__always)
  mutating func set(_ key: RecordKey, _ token: Int) {
    tokens.values.withUnsafeMutableBufferPointer { $0[Int(key.rawValue)] = UInt32(truncatingIfNeeded: token) }
  }

  /// The token of a member's value, or nil.
  @inline(__always)
  public func token(_ key: RecordKey) -> Int? {
    let token = tokens.values.withUnsafeBufferPointer { $0[Int(key.rawValue)] }
    return token == 0 ? nil : Int(token)
  }

  /// A member's value, or nil.
  @inline(__always)
  public func node(_ key: RecordKey, in index: StructuralIndex) -> JSONNode? {
    token(key).map { JSONNode(index, token: $0) }
  }

  /// Collects the members of an object that a `JSONWalker` has accepted before.
  public mutating func collect(_ record: JSONNode) {
    removeAll()
    let table = RecordKeyTable.standard
    record.forEachMember { name, value in
      if let key = table.key(name) { set(key, value.token) }
    }
  }
}
