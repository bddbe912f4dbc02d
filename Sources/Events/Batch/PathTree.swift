/// A place in the objects of events: the root, or what a key names in another place.
public struct PathNode: Equatable, Sendable {
  var number: Int32

  /// What nobody asks for, nor anything below it.
  public static let nowhere = PathNode(number: -1)
  /// An event itself.
  public static let root = PathNode(number: 0)

  /// True where nothing is asked for, nor below it.
  public var isUnwanted: Bool { self == .nowhere }

  /// True where no value is kept, since nobody asks for any, or since there is no room.
  public var isNowhere: Bool { number < 0 }
}

/// The places in events that are known, each found from the one above it by its key alone.
///
/// Objects mostly have their members in the order of the one before, so it is remembered which key came behind which: then a
/// key is compared once, and not hashed. Its memory is its own, so that nothing counts references on the way.
struct PathTree: ~Copyable {
  private struct Node: BitwiseCopyable {
    var parent: Int32
    var column: Int32 = -1
    /// The places that came next the last time: as the first member of this one's object, and behind this one.
    var first: Int32 = 0
    var next: Int32 = 0
    var keyStart: UInt32
    var keyCount: UInt32
    var hash: UInt32
    /// Bytes of the full path.
    var pathCount: UInt32
    var roles: PathRoles = []
    /// True when the key has a backslash, so that it is not what is written in JSON.
    var isEscaped: Bool
  }

  private var nodes: UnsafeMutablePointer<Node>
  private(set) var count = 0
  private var capacity = 256
  private var keys: UnsafeMutablePointer<UInt8>
  /// Bytes of all keys.
  private(set) var keyBytes = 0
  private var keyCapacity = 4096
  /// Open addressing over nodes; 0 is a free slot. At most half full.
  private var slots: UnsafeMutablePointer<Int32>
  private var slotCount = 512

  init() {
    nodes = .allocate(capacity: capacity)
    keys = .allocate(capacity: keyCapacity)
    slots = .allocate(capacity: slotCount)
    removeAll()
  }

  deinit {
    nodes.deallocate()
    keys.deallocate()
    slots.deallocate()
  }

  /// Forgets all places but the root.
  mutating func removeAll() {
    nodes[0] = Node(parent: -1, keyStart: 0, keyCount: 0, hash: 0, pathCount: 0, isEscaped: false)
    count = 1
    keyBytes = 0
    slots.initialize(repeating: 0, count: slotCount)
  }

  /// The column of a place's path, or a negative number.
  @inline(__always)
  func column(of place: PathNode) -> Int32 { nodes[Int(place.number)].column }

  func roles(of place: PathNode) -> PathRoles { nodes[Int(place.number)].roles }

  /// Bytes of the full path of a member, whether it is known or not.
  func pathCount(of key: UnsafeBufferPointer<UInt8>, below parent: PathNode) -> Int {
    Int(nodes[Int(parent.number)].pathCount) + (parent == .root ? 0 : 1) + key.count
  }

  /// The known place of a key, or nil.
  ///
  /// - Parameters:
  ///   - previous: the place of the member before, or the object's own.
  ///   - isRaw: the key is as written in JSON; where it has escapes no place is found.
  @inline(__always)
  func child(
    of parent: PathNode, _ key: UnsafeBufferPointer<UInt8>, after previous: inout PathNode, isRaw: Bool
  ) -> PathNode? {
    let isFirst = previous == parent
    let before = nodes + Int(previous.number)
    let guess = isFirst ? before.pointee.first : before.pointee.next
    if guess > 0, isPlace(nodes + Int(guess), parent, key, isRaw: isRaw) {
      previous = PathNode(number: guess)
      return previous
    }
    let found = slots[find(parent, key, Self.hash(parent, key), isRaw: isRaw)]
    guard found > 0 else { return nil }
    if isFirst { before.pointee.first = found } else { before.pointee.next = found }
    previous = PathNode(number: found)
    return previous
  }

  /// Adds a place that is not known; `key` is not as written in JSON but without escapes.
  mutating func insert(
    _ key: UnsafeBufferPointer<UInt8>, below parent: PathNode, column: Int32, roles: PathRoles
  ) -> PathNode {
    makeRoom(for: key)
    let hash = Self.hash(parent, key)
    let slot = find(parent, key, hash, isRaw: false)
    if let start = key.baseAddress { (keys + keyBytes).update(from: start, count: key.count) }
    nodes[count] = Node(
      parent: parent.number, column: column, keyStart: UInt32(keyBytes), keyCount: UInt32(key.count), hash: hash,
      pathCount: UInt32(pathCount(of: key, below: parent)), roles: roles,
      isEscaped: key.contains(UInt8(ascii: "\\")))
    slots[slot] = Int32(count)
    keyBytes += key.count
    count += 1
    return PathNode(number: Int32(count - 1))
  }

  private mutating func makeRoom(for key: UnsafeBufferPointer<UInt8>) {
    if count == capacity {
      let more = UnsafeMutablePointer<Node>.allocate(capacity: capacity * 2)
      more.update(from: nodes, count: count)
      nodes.deallocate()
      nodes = more
      capacity *= 2
    }
    if keyBytes + key.count > keyCapacity {
      let larger = max(keyCapacity * 2, keyBytes + key.count)
      let more = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
      more.update(from: keys, count: keyBytes)
      keys.deallocate()
      keys = more
      keyCapacity = larger
    }
    guard count * 2 >= slotCount else { return }
    slots.deallocate()
    slotCount *= 2
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: 0, count: slotCount)
    for number in 1..<count {
      var slot = Int(nodes[number].hash) & (slotCount - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slotCount - 1) }
      slots[slot] = Int32(number)
    }
  }

  /// Appends the full path of a place.
  func appendPath(of place: PathNode, to path: inout [UInt8]) {
    guard place.number > 0 else { return }
    let node = nodes[Int(place.number)]
    if node.parent > 0 {
      appendPath(of: PathNode(number: node.parent), to: &path)
      path.append(UInt8(ascii: "."))
    }
    path.append(contentsOf: UnsafeBufferPointer(start: keys + Int(node.keyStart), count: Int(node.keyCount)))
  }

  @inline(__always)
  private func isPlace(
    _ node: UnsafePointer<Node>, _ parent: PathNode, _ key: UnsafeBufferPointer<UInt8>, isRaw: Bool
  ) -> Bool {
    guard node.pointee.parent == parent.number, Int(node.pointee.keyCount) == key.count,
      !(isRaw && node.pointee.isEscaped)
    else { return false }
    return EqualBytes.areEqual(keys + Int(node.pointee.keyStart), key)
  }

  @inline(__always)
  private static func hash(_ parent: PathNode, _ key: UnsafeBufferPointer<UInt8>) -> UInt32 {
    UInt32(
      truncatingIfNeeded: ByteHash.hash(
        key, seed: ByteHash.processSeed &+ UInt64(truncatingIfNeeded: parent.number) &* 0x9E37_79B9_7F4A_7C15))
  }

  /// The slot of a place, or the free one where it belongs.
  private func find(_ parent: PathNode, _ key: UnsafeBufferPointer<UInt8>, _ hash: UInt32, isRaw: Bool) -> Int {
    var slot = Int(hash) & (slotCount - 1)
    while slots[slot] != 0 {
      let node = nodes + Int(slots[slot])
      if node.pointee.hash == hash, isPlace(node, parent, key, isRaw: isRaw) { return slot }
      slot = (slot + 1) & (slotCount - 1)
    }
    return slot
  }
}

/// What an object at a place is, beside the holder of its members.
public struct PathRoles: OptionSet, Sendable, BitwiseCopyable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A flattened field, of which a column has the values of all leaves.
  public static let flattened = PathRoles(rawValue: 1)
  /// A nested field whose objects are asked for one by one.
  public static let nested = PathRoles(rawValue: 2)
  /// What explicit nulls at the place count as is given.
  public static let hasNullValue = PathRoles(rawValue: 4)
}
