import JSON

/// The tokens at which a record's known top-level members have their values.
public final class RecordMembers {
  /// A token per `RecordKey`; 0 (which is never a member's value) for a member that is not there.
  private let tokens: UnsafeMutablePointer<UInt32>
  private static let count = RecordKey.allCases.count

  public init() {
    tokens = .allocate(capacity: Self.count)
    tokens.initialize(repeating: 0, count: Self.count)
  }

  deinit { tokens.deallocate() }

  @inline(__always)
  func removeAll() {
    tokens.update(repeating: 0, count: Self.count)
    requestEnd = nil
    principalEnd = nil
    principalType = nil
    principalNumber = 0
  }

  /// The token after the value of `requestParameters`, where it is known.
  var requestEnd: Int?
  /// The token after the value of `userIdentity`, where it is an object and known.
  private(set) var principalEnd: Int?
  /// The token of that object's `type`; nil when it has none, too.
  private(set) var principalType: Int?
  /// The number that the object's text goes by in the batch; 0 for none.
  private(set) var principalNumber: UInt32 = 0

  @inline(__always)
  func setPrincipal(end: Int, type: Int?, number: UInt32) {
    principalEnd = end
    principalType = type
    principalNumber = number
  }

  @inline(__always)
  func set(_ key: RecordKey, _ token: Int) {
    tokens[Int(key.rawValue)] = UInt32(truncatingIfNeeded: token)
  }

  /// The token of a member's value, or nil.
  @inline(__always)
  public func token(_ key: RecordKey) -> Int? {
    let token = tokens[Int(key.rawValue)]
    return token == 0 ? nil : Int(token)
  }

  /// The first of the values that become flattened fields, or nil when there are none.
  @inline(__always)
  var firstParameter: Int? {
    var first = UInt32.max
    for key in RecordKey.requestParameters.rawValue...RecordKey.insightDetails.rawValue where tokens[Int(key)] != 0 {
      first = min(first, tokens[Int(key)])
    }
    return first == .max ? nil : Int(first)
  }

  /// A member's value, or nil.
  @inline(__always)
  public func node(_ key: RecordKey, in index: StructuralIndex) -> JSONNode? {
    token(key).map { JSONNode(index, token: $0) }
  }

  /// Collects the members of an object that a `JSONWalker` has accepted before.
  public func collect(_ record: JSONNode) {
    removeAll()
    let table = RecordKeyTable.standard
    record.forEachMember { name, value in
      if let key = table.key(name) { set(key, value.token) }
    }
  }
}
