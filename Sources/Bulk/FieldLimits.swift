import JSON
import Synchronization

/// Counts the fields of each index, so that documents whose keys are data cannot make columns without end.
///
/// Counted is what came since the process began, by a hash of each field's path.
public final class FieldLimits: Sendable {
  public let mostFields: Int
  public let mostIndices: Int
  private let state = Mutex<[String: Set<UInt64>]>([:])

  public init(mostFields: Int = 10_000, mostIndices: Int = 1_000) {
    self.mostFields = mostFields
    self.mostIndices = mostIndices
  }

  /// Takes note of a document's fields, or throws where they would be too many; then nothing is noted.
  func check(_ document: JSONNode, index: String) throws(BulkReading.Refusal) {
    var paths: Set<UInt64> = []
    Self.collect(document, 0xCBF2_9CE4_8422_2325, depth: 0, &paths)
    let excess: Int? = state.withLock { state in
      guard state[index] != nil || state.count < mostIndices else { return -1 }
      let (new, known) = (paths.subtracting(state[index] ?? []), state[index]?.count ?? 0)
      guard known + new.count <= mostFields else { return new.count }
      state[index, default: []].formUnion(new)
      return nil
    }
    guard let excess else { return }
    throw BulkReading.Refusal(
      400, "illegal_argument_exception",
      excess < 0
        ? "there are \(mostIndices) indices already, and [\(index)] would be another"
        : "Limit of total fields [\(mostFields)] has been exceeded while adding new fields [\(excess)]")
  }

  private static func collect(_ node: JSONNode, _ hash: UInt64, depth: Int, _ paths: inout Set<UInt64>) {
    if node.isObject, depth < 64 {
      node.forEachMember { key, value in
        // A dotted name is the same field as nested objects.
        var hash = (hash ^ 0x2E) &* 0x100_0000_01B3
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        collect(value, hash, depth: depth + 1, &paths)
      }
    } else if node.isArray, depth < 64 {
      node.forEachElement { collect($0, hash, depth: depth + 1, &paths) }
    } else if !node.isNull {
      paths.insert(hash)
    }
  }
}
