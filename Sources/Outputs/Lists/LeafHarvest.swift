import Events
import JSON
import Query

/// Takes the values of all fields that stand below some objects, or match some patterns, out of an event. One task's own.
public final class LeafHarvest {
  /// The values of a field.
  public struct Leaf: Sendable {
    /// The place of the name that it was found by.
    public var place: Int
    public var path: String
    public var values: [String]
  }

  private struct Choice {
    var place: Int
    /// What the paths begin with.
    var start: [UInt8]
    /// What the paths match; nil for all that stand below an object.
    var matcher: WildcardMatcher?

    func takes(_ path: [UInt8]) -> Bool {
      path.starts(with: start) && matcher.map { path.withUnsafeBufferPointer($0.matches) } ?? true
    }
  }

  /// Longer paths are part of flattened fields only, and so of no list.
  private static let longestPath = 1024
  /// Values that are kept of an event at most, all together.
  private static let mostValues = 10_000

  private let choices: [Choice]
  /// Fields of alerts that are chosen by an earlier name of theirs, and the choice and the name of each.
  private let aliases: [(target: [UInt8], place: Int, name: String)]
  /// The paths that are named themselves, and so are nobody's leaves.
  private let named: Set<String>
  private var names: [[UInt8]: String] = [:]
  private var prefix: [UInt8] = []
  private var found: [String: Leaf] = [:]
  private var left = 0

  public init(_ fields: ChosenFields) {
    named = Set(fields.paths)
    choices = fields.open.map { place in
      let parts = fields.paths[place].split(separator: "*", omittingEmptySubsequences: false)
      guard parts.count > 1 else { return Choice(place: place, start: Array((fields.paths[place] + ".").utf8)) }
      let matcher = WildcardMatcher(WildcardPattern(stars: fields.paths[place]))
      return Choice(place: place, start: Array(parts[0].utf8), matcher: matcher)
    }
    aliases = AlertAliases.names.compactMap { [choices, named] name in
      let bytes = Array(name.utf8)
      // Who asks for everything sees fields once.
      guard !named.contains(name), let target = AlertAliases.target(of: name),
        let choice = choices.first(where: { $0.start.first == bytes.first && $0.takes(bytes) })
      else { return nil }
      return (Array(target.utf8), choice.place, name)
    }
  }

  /// The fields of an event that were chosen, by place and path.
  public func read(_ event: JSONNode) -> [Leaf] {
    guard !choices.isEmpty else { return [] }
    prefix.removeAll(keepingCapacity: true)
    found.removeAll(keepingCapacity: true)
    left = Self.mostValues
    visit(event)
    return found.values.sorted { ($0.place, $0.path) < ($1.place, $1.path) }
  }

  private func visit(_ node: JSONNode) {
    if node.isArray { return node.forEachElement { visit($0) } }
    guard node.isObject else {
      if !node.isNull { take(node) }
      return
    }
    let length = prefix.count
    node.forEachMember { key, value in
      if length > 0 { prefix.append(UInt8(ascii: ".")) }
      if JSONString.hasEscapes(key) { JSONString.appendUnescaped(key, to: &prefix) } else { prefix += key }
      if prefix.count <= Self.longestPath,
        choices.contains(where: { Self.mayMeet($0.start, prefix) })
          || aliases.contains(where: { Self.mayMeet($0.target, prefix) })
      {
        visit(value)
      }
      prefix.removeSubrange(length...)
    }
  }

  /// Whether what stands at or below a path may begin as is wanted.
  private static func mayMeet(_ start: [UInt8], _ path: [UInt8]) -> Bool {
    let common = min(start.count, path.count)
    guard start[..<common] == path[..<common] else { return false }
    return path.count >= start.count || start[path.count] == UInt8(ascii: ".")
  }

  private func take(_ node: JSONNode) {
    for alias in aliases where alias.target == prefix { add(node, at: alias.name, by: alias.place) }
    let path: String
    if let known = names[prefix] {
      path = known
    } else {
      path = String(decoding: prefix, as: UTF8.self)
      // One text for all events that have the field.
      if names.count >= 4096 { names.removeAll(keepingCapacity: true) }
      names[prefix] = path
    }
    guard found[path] != nil || !named.contains(path), let choice = choices.first(where: { $0.takes(prefix) }) else {
      return
    }
    add(node, at: path, by: choice.place)
  }

  private func add(_ node: JSONNode, at path: String, by place: Int) {
    guard left > 0 else { return }
    left -= 1
    let value = node.string ?? String(decoding: node.rawScalar, as: UTF8.self)
    found[path, default: Leaf(place: place, path: path, values: [])].values.append(value)
  }
}
