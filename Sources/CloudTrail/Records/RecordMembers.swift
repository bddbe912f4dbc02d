import JSON

/// The tokens at which a record's known top-level members have their values.
public final class RecordMembers {
  /// A token per `RecordKey`; 0 (which is never a member's value) for a member that is not there.
  private let tokens: UnsafeMutablePointer<UInt32>
  private static let count = RecordKey.allCases.count

  public init() {
    precondition(Self.count <= 64, "a set of keys has a bit for each")
    tokens = .allocate(capacity: Self.count)
    tokens.initialize(repeating: 0, count: Self.count)
  }

  deinit { tokens.deallocate() }

  @inline(__always)
  func removeAll() {
    tokens.update(repeating: 0, count: Self.count)
    requestEnd = nil
    principal = nil
  }

  /// The token of the object whose members these are.
  var documentToken = 0

  /// How many members the object has, whatever their names: one by a name that came before counts as well.
  var memberCount = 0

  /// The token after the value of `requestParameters`, where it is known.
  var requestEnd: Int?
  /// What is known of the value of `userIdentity`, where it is an object and has been walked over as such.
  var principal: Principal?

  /// Where the parts of a record's principal are.
  struct Principal {
    /// The token after the object.
    var end: Int
    /// The token of the value of its `type`, the last one if there are several.
    var type: Int?
    /// The number that its text goes by in the batch; 0 for none.
    var number: UInt32 = 0

    init(end: Int, type: Int?, number: UInt32) {
      self.end = end
      self.type = type
      self.number = number
    }

    /// The principal at `token`, an object that a `JSONWalker` has accepted, which ends before `end`.
    init(_ index: StructuralIndex, _ token: Int, end: Int) {
      self.end = end
      JSONNode(index, token: token).forEachMember { key, value in
        if key.equals("type") { type = value.token }
      }
    }
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

  /// True when a member is there that holds a record as text, whatever else is there.
  @inline(__always)
  var holdsText: Bool {
    var any: UInt32 = 0
    for key in RecordKey.cloudTrailEvent.rawValue...RecordKey.insightsMessage.rawValue { any |= tokens[Int(key)] }
    return any != 0
  }

  /// True when a member is there that records have and lists of records do not.
  var areOfRecord: Bool {
    tokens[Int(RecordKey.eventVersion.rawValue)] | tokens[Int(RecordKey.eventTime.rawValue)]
      | tokens[Int(RecordKey.eventID.rawValue)] | tokens[Int(RecordKey.timestamp.rawValue)]
      | tokens[Int(RecordKey.source.rawValue)] != 0
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

  /// A set of keys.
  struct Keys: Equatable, BitwiseCopyable {
    private var bits: UInt64 = 0

    init() {}

    init(_ keys: Set<RecordKey>) {
      for key in keys { insert(Int(key.rawValue)) }
    }

    /// The keys by whose raw values `tokens` has something else than 0.
    @inline(__always)
    fileprivate init(in tokens: UnsafePointer<UInt32>) {
      for key in 0..<RecordMembers.count { bits |= (tokens[key] == 0 ? 0 : 1) << UInt64(key) }
    }

    /// Adds a key by its raw value.
    @inline(__always)
    fileprivate mutating func insert(_ key: Int) { bits |= 1 << UInt64(key) }

    var count: Int { bits.nonzeroBitCount }

    func isSubset(of other: Keys) -> Bool { bits & ~other.bits == 0 }

    func isDisjoint(with other: Keys) -> Bool { bits & other.bits == 0 }

    /// Calls `body` with the raw value of each key, in their order.
    @inline(__always)
    fileprivate func forEach(_ body: (Int) -> Void) {
      var rest = bits
      while rest != 0 {
        body(rest.trailingZeroBitCount)
        rest &= rest &- 1
      }
    }
  }

  /// What kinds of members an object has.
  struct Overview: Equatable, BitwiseCopyable {
    /// The known members that are there, and those of them whose values are objects or arrays.
    var keys = Keys()
    var compositeKeys = Keys()
    /// How many members there are, whatever their names.
    var memberCount: UInt32 = 0

    /// True where there is a member by a name that is not known, or two by one name.
    var hasUnknown: Bool { memberCount > keys.count }
  }

  /// What kinds of members `collect` found, or `restore` was given.
  private(set) var overview = Overview()

  /// What kinds of members the object has that has been walked or collected.
  func overview(in index: StructuralIndex) -> Overview {
    let keys = Keys(in: tokens)
    var composite = Keys()
    keys.forEach { key in
      let first = index.byte(Int(tokens[key]))
      if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { composite.insert(key) }
    }
    return Overview(
      keys: keys, compositeKeys: composite, memberCount: UInt32(truncatingIfNeeded: memberCount))
  }

  /// Calls `body` with the tokens of the values of some known members that are there, in the order of their keys.
  func withTokens(of keys: Keys, _ body: (UnsafeBufferPointer<UInt32>) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.count) { room in
      var count = 0
      keys.forEach { key in
        room[count] = tokens[key]
        count += 1
      }
      body(UnsafeBufferPointer(rebasing: room[..<count]))
    }
  }

  /// Makes these the members that were found at a place before, as `collect` would find them.
  ///
  /// - Parameters:
  ///   - document: the token of the object.
  ///   - overview: what `overview(in:)` gave for it.
  ///   - values: what `withTokens(of:)` gave for the keys of the overview, and whatever follows.
  func restore(document: Int, _ overview: Overview, _ values: UnsafeBufferPointer<UInt32>) {
    precondition(values.count >= overview.keys.count, "each key has a token")
    removeAll()
    documentToken = document
    memberCount = Int(overview.memberCount)
    self.overview = overview
    var at = 0
    overview.keys.forEach { key in
      tokens[key] = values[at]
      at += 1
    }
  }

  private let predictor = RecordKeyPredictor()
  private let table = RecordKeyTable.standard

  /// The key of a name that was not guessed, which is guessed the next time.
  private func lookUp(_ name: UnsafeBufferPointer<UInt8>, after previous: Int) -> RecordKey? {
    guard let key = table.key(name) else { return nil }
    predictor.learn(key, after: previous)
    return key
  }

  /// Collects the members of an object that a `JSONWalker` has accepted before.
  public func collect(_ record: JSONNode) {
    removeAll()
    documentToken = record.token
    var count = 0
    let index = record.index
    var previous = RecordKeyPredictor.start
    var at = record.token + 1
    while record.isObject, index.byte(at) == UInt8(ascii: "\"") {
      count += 1
      if let key = predictor.key(index, at, after: previous) ?? lookUp(index.rawString(at), after: previous) {
        previous = Int(key.rawValue)
        set(key, at + 2)
      }
      at = index.tokenAfter(at + 2)
      guard index.byte(at) == UInt8(ascii: ",") else { break }
      at += 1
    }
    memberCount = count
    overview = overview(in: index)
  }
}
