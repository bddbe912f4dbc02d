import Events
import JSON
import Synchronization

/// Counts the fields of each index, so that documents whose keys are data cannot make columns without end.
///
/// Counted is what came since the process began and what was noted of stored events, by a hash of each field's path. A flattened field is
/// one, whatever keys it has.
public final class FieldLimits: Sendable {
  public let mostFields: Int
  public let mostIndices: Int
  private let state = Mutex<[String: Set<UInt64>]>([:])

  public init(mostFields: Int = 10_000, mostIndices: Int = 1_000) {
    self.mostFields = mostFields
    self.mostIndices = mostIndices
  }

  /// Takes note of fields that stored events of an index have, whether they are within the bounds or not.
  ///
  /// - Parameter paths: full paths, such as `user.name`.
  public func note(_ paths: some Sequence<String>, of index: String) {
    let hashes = paths.lazy.filter { RecordNames.name(ofPath: $0) == nil }.map(Self.hash)
    state.withLock { $0[index, default: []].formUnion(hashes) }
  }

  /// The indices of which events are known.
  public var indices: [String] { state.withLock { Array($0.keys) } }

  /// Fields that are known of an index.
  public func count(of index: String) -> Int { state.withLock { $0[index]?.count ?? 0 } }

  /// Takes note of a document's fields, or throws where they would be too many; then nothing is noted.
  func check(_ document: JSONNode, index: String) throws(BulkReading.Refusal) {
    var paths: Set<UInt64> = []
    Self.collect(document, Self.origin, depth: 0, &paths)
    let excess: Int? = state.withLock { state in
      guard state[index] != nil || state.count < mostIndices else { return -1 }
      guard state[index] != nil else {
        guard paths.count <= mostFields else { return paths.count }
        state[index] = paths
        return nil
      }
      return Self.add(paths, to: &state[index, default: []], most: mostFields)
    }
    guard let excess else { return }
    throw BulkReading.Refusal(
      excess < 0 ? "number of indices" : "number of fields", 400, "illegal_argument_exception",
      excess < 0
        ? "there are \(mostIndices) indices already, and [\(index)] would be another"
        : "Limit of total fields [\(mostFields)] has been exceeded while adding new fields [\(excess)]")
  }

  /// Adds a document's fields to those of its index, or gives how many new ones it has where these are too many.
  ///
  /// They are looked up one by one: a difference of sets goes through all fields that the index has, for each of its documents.
  private static func add(_ paths: Set<UInt64>, to known: inout Set<UInt64>, most: Int) -> Int? {
    var new: [UInt64] = []
    for path in paths where !known.contains(path) { new.append(path) }
    guard new.isEmpty || known.count + new.count <= most else { return new.count }
    known.formUnion(new)
    return nil
  }

  private static let origin: UInt64 = 0xCBF2_9CE4_8422_2325

  private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// The hash of a path, or of the flattened field that it leads into.
  private static func hash(_ path: String) -> UInt64 {
    var hash = step(origin, UInt8(ascii: "."))
    for byte in path.utf8 {
      if byte == UInt8(ascii: "."), flattened.contains(hash) { break }
      hash = step(hash, byte)
    }
    return hash
  }

  private static let flattened = Set(
    FieldCatalog.standard.flattenedRoots.map { path in
      path.utf8.reduce(step(origin, UInt8(ascii: ".")), step)
    })

  private static func collect(_ node: JSONNode, _ hash: UInt64, depth: Int, _ paths: inout Set<UInt64>) {
    if node.isObject, depth < 64, !flattened.contains(hash) {
      node.forEachMember { key, value in
        var hash = step(hash, UInt8(ascii: "."))
        for byte in key {
          // A dotted name is the same field as nested objects.
          if byte == UInt8(ascii: "."), flattened.contains(hash) { break }
          hash = step(hash, byte)
        }
        collect(value, hash, depth: depth + 1, &paths)
      }
    } else if node.isArray, depth < 64 {
      node.forEachElement { collect($0, hash, depth: depth + 1, &paths) }
    } else if !node.isNull {
      paths.insert(hash)
    }
  }
}
