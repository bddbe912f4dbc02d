import Synchronization

/// The distinct values of a column, numbered from 1 in the order they were met; 0 stands for "no value".
///
/// A value like an array: a copy shares its room until one of the two is changed. Unchecked in its sending, since a room
/// is only changed while nobody else has it.
public struct ValueDictionary: @unchecked Sendable {
  private(set) var room: Room

  /// - Parameter remembersLately: values come again and again, thousands of times: worth a kilobyte.
  public init(remembersLately: Bool = false) { room = Room(latelyBits: remembersLately ? 8 : 0) }

  /// What owns a table of values.
  final class Room {
    let table: UnsafeMutablePointer<ValueTable>
    /// Which values the codes stand for: another number, other values. Of one number there are only ever more values.
    fileprivate(set) var generation: UInt64

    init(latelyBits: Int) {
      table = .allocate(capacity: 1)
      table.initialize(to: ValueTable(latelyBits: latelyBits))
      generation = Self.newGeneration()
    }

    /// A room of the same values.
    init(copying other: Room) {
      table = .allocate(capacity: 1)
      table.initialize(to: other.table.pointee.copy())
      generation = Self.newGeneration()
    }

    /// A room of the same codes in which values are found; where several codes have one, the first is.
    init(indexing other: Room) {
      table = .allocate(capacity: 1)
      table.initialize(to: other.table.pointee.indexedCopy())
      generation = Self.newGeneration()
    }

    deinit {
      table.pointee.deallocate()
      table.deallocate()
    }

    private static let generations = Atomic<UInt64>(0)

    static func newGeneration() -> UInt64 { generations.wrappingAdd(1, ordering: .relaxed).newValue }
  }

  /// Which values the codes stand for. Two dictionaries with one number agree on every code that both have.
  public var generation: UInt64 { room.generation }

  /// How many distinct values there are; codes run from 1 to this.
  public var count: Int { room.table.pointee.count }

  /// Bytes of all distinct values. A dictionary holds less than 4 GiB of them; whoever fills one from outside sees to it.
  public var byteCount: Int { room.table.pointee.byteCount }

  /// Forgets all values but keeps the room they took, if nobody else has it.
  public mutating func removeAll() {
    guard isKnownUniquelyReferenced(&room) else {
      room = Room(latelyBits: room.table.pointee.rememberedBits)
      return
    }
    room.table.pointee.removeAll()
    room.generation = Room.newGeneration()
  }

  /// Calls `body` with the value of a code.
  @inline(__always)
  public func withValue<Result>(_ code: UInt32, _ body: (Scalar) throws -> Result) rethrows -> Result {
    defer { withExtendedLifetime(room) {} }
    return try body(room.table.pointee.value(code))
  }

  /// The value of a code as text.
  public func text(_ code: UInt32) -> String { withValue(code) { $0.text } }

  /// The kind of a code's value.
  public func kind(_ code: UInt32) -> ScalarKind { withValue(code) { $0.kind } }

  /// Calls `body` with the code of a value, if it is there; the dictionary of a column in which hardly any value comes
  /// again may have one several times.
  public func forEachCode(of value: Scalar, _ body: (UInt32) -> Void) {
    room.table.pointee.forEachCode(of: value, body)
  }

  /// The code of a value, or 0 when the column does not hold it.
  public func code(of value: Scalar) -> UInt32 { room.table.pointee.code(of: value) }

  /// The code of a value, or 0 when the dictionary does not hold it; a dictionary that remembers what came lately finds that
  /// first.
  public mutating func knownCode(of value: Scalar) -> UInt32 {
    own()
    return room.table.pointee.knownCode(of: value)
  }

  /// The code of a value, which is added when it is new.
  public mutating func insert(_ value: Scalar) -> UInt32 {
    own()
    if !room.table.pointee.isIndexed { room = Room(indexing: room) }
    return room.table.pointee.insert(value)
  }

  /// Makes room for so many values of so many bytes together, so that adding them moves nothing.
  public mutating func reserve(values: Int, bytes: Int) {
    own()
    room.table.pointee.reserve(values: values, bytes: bytes)
  }

  /// Adds the values of another dictionary; gives, by their codes there, those that they have here, with 0 for 0.
  public mutating func insert(allOf other: ValueDictionary) -> [UInt32] {
    own()
    if !room.table.pointee.isIndexed { room = Room(indexing: room) }
    defer { withExtendedLifetime(other.room) {} }
    return room.table.pointee.insert(allOf: other.room.table.pointee)
  }

  /// Adds a value under the next code without looking whether it is there, and returns that code: for values that are
  /// known to be distinct. Values are found one by one from then on, until `insert` is called.
  public mutating func append(_ value: Scalar) -> UInt32 {
    own()
    return room.table.pointee.addUnseen(value)
  }

  /// True when another dictionary has the same room.
  var isShared: Bool {
    mutating get { !isKnownUniquelyReferenced(&room) }
  }

  /// Makes the room this dictionary's own.
  mutating func own() {
    if !isKnownUniquelyReferenced(&room) { room = Room(copying: room) }
  }
}
