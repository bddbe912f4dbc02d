import Events
import JSON

/// Takes the values of some fields out of a JSON text in one walk, wherever they stand: nested, under dotted keys, or both; those
/// of alerts also by the earlier names of their fields.
/// One task's own.
public final class FieldHarvest {
  /// Those asked for, and behind them the fields that some of them are other names of.
  private let paths: [[UInt8]]
  private let count: Int
  /// Of names that stand for other fields their place, and the place of the field.
  private let aliases: [(name: Int, target: Int)]
  private let indexer = StructuralIndexer()
  private var found: [[String]] = []
  private var prefix: [UInt8] = []
  private var places: [String: Int] = [:]

  /// Values that are kept of a field.
  static let mostValues = 1000

  public init(_ paths: [String]) {
    let targets = paths.enumerated().compactMap { place, path in AlertAliases.target(of: path).map { (place, $0) } }
    self.paths = (paths + targets.map(\.1)).map { Array($0.utf8) }
    count = paths.count
    aliases = targets.enumerated().map { ($1.0, paths.count + $0) }
    for (place, path) in paths.enumerated() where places[path] == nil { places[path] = place }
  }

  /// Reads a text that this program has written; gives the values of each path, in the order of the paths, until the next.
  /// Throws where memory does not suffice.
  ///
  /// - Parameter also: what else is taken from the text.
  @discardableResult
  public func read(_ text: [UInt8], also: (JSONNode) -> Void = { _ in }) throws(JSONFault) -> [[String]] {
    found = paths.map { _ in [] }
    var padded = text
    padded.append(contentsOf: repeatElement(0, count: 64))
    try padded.withUnsafeBufferPointer { bytes throws(JSONFault) in
      let index = try indexer.index(UnsafeBufferPointer(rebasing: bytes[..<text.count]))
      prefix.removeAll(keepingCapacity: true)
      visit(JSONNode(index, token: 0), Array(paths.indices))
      joinAliases()
      also(JSONNode(index, token: 0))
    }
    return found
  }

  /// Reads an event.
  @discardableResult
  public func read(_ event: JSONNode) -> [[String]] {
    found = paths.map { _ in [] }
    prefix.removeAll(keepingCapacity: true)
    visit(event, Array(paths.indices))
    joinAliases()
    return found
  }

  private func joinAliases() {
    for (name, target) in aliases { found[name] += found[target] }
    found.removeSubrange(count...)
  }

  /// The first value of a path in what was read last.
  public func first(_ path: String) -> String? { places[path].flatMap { found[$0].first } }

  /// All values of a path in what was read last.
  public func all(_ path: String) -> [String] { places[path].map { found[$0] } ?? [] }

  /// `wanted` are the paths that start with the prefix.
  private func visit(_ node: JSONNode, _ wanted: [Int]) {
    if node.isArray { return node.forEachElement { visit($0, wanted) } }
    guard node.isObject else {
      guard !node.isNull else { return }
      for path in wanted where paths[path].count == prefix.count && found[path].count < Self.mostValues {
        found[path].append(node.string ?? String(decoding: node.rawScalar, as: UTF8.self))
      }
      return
    }
    let length = prefix.count
    node.forEachMember { key, value in
      if length > 0 { prefix.append(UInt8(ascii: ".")) }
      prefix.append(contentsOf: key)
      let inner = wanted.filter { path in
        let name = paths[path]
        guard name.count >= prefix.count, name.count == prefix.count || name[prefix.count] == UInt8(ascii: ".") else {
          return false
        }
        return (length..<prefix.count).allSatisfy { name[$0] == prefix[$0] }
      }
      if !inner.isEmpty { visit(value, inner) }
      prefix.removeSubrange(length...)
    }
  }
}
