import JSON

/// Where rule files keep what TOML has no word for: the places of nulls, each a list of keys and indices from the top of the
/// file, stand in `[martlet]` under `nulls`.
///
/// ```toml
/// [martlet]
/// nulls = [["rule", "throttle"], ["rule", "filters", 0, "meta", "alias"]]
/// ```
enum NullKeepsake {
  private static let table = "martlet"
  private static let key = "nulls"
  /// Nulls of a file that are put back, each of which takes a walk through it; a rule has a handful.
  private static let most = 500

  /// Adds the places of nulls to the tables of a file; throws where the file uses their place for something else.
  static func pack(_ nulls: [RuleKeyPath], into root: inout [String: JSONValue]) throws(RuleWritingError) {
    guard !nulls.isEmpty else { return }
    guard case .object(var own) = root[table] ?? .object([:]), own[key] == nil, nulls.count <= most else {
      throw RuleWritingError(
        "`\(nulls[0])` is null, which TOML cannot hold, and `\(table).\(key)` is taken or cannot name \(nulls.count) nulls"
      )
    }
    own[key] = .array(
      nulls.map { path in
        .array(
          path.steps.map { step in
            switch step {
            case .key(let key): .string(key)
            case .index(let index): .integer(Int64(index))
            }
          })
      })
    root[table] = .object(own)
  }

  /// Puts nulls back to their places, and takes the list of them out of the file's tables. What is no such list stays.
  static func unpack(_ root: inout [String: JSONValue]) {
    guard case .object(var own)? = root[table], case .array(let listed)? = own[key], listed.count <= most else {
      return
    }
    let paths = listed.compactMap(steps)
    guard paths.count == listed.count else { return }
    var value = JSONValue.object(root)
    // In the order in which they were written, which is that of their places in lists.
    for path in paths { value = inserted(path[...], into: value) ?? value }
    guard case .object(let filled) = value else { return }
    root = filled
    own[key] = nil
    root[table] = own.isEmpty ? nil : .object(own)
  }

  private static func steps(_ value: JSONValue) -> [RuleKeyPath.Step]? {
    guard case .array(let parts) = value, !parts.isEmpty, parts.count <= 100 else { return nil }
    let steps = parts.compactMap { part -> RuleKeyPath.Step? in
      switch part {
      case .string(let key): .key(key)
      case .integer(let index): .index(Int(clamping: index))
      default: nil
      }
    }
    return steps.count == parts.count ? steps : nil
  }

  /// The value with a null at a path; nil where there is no such place.
  private static func inserted(_ path: ArraySlice<RuleKeyPath.Step>, into value: JSONValue) -> JSONValue? {
    guard let step = path.first else { return nil }
    let rest = path.dropFirst()
    switch (step, value) {
    case (.key(let key), .object(var members)):
      if rest.isEmpty {
        guard members[key] == nil else { return nil }
        members[key] = .null
      } else {
        guard let inner = members[key], let changed = inserted(rest, into: inner) else { return nil }
        members[key] = changed
      }
      return .object(members)
    case (.index(let index), .array(var elements)):
      if rest.isEmpty {
        guard 0...elements.count ~= index else { return nil }
        elements.insert(.null, at: index)
      } else {
        guard elements.indices.contains(index), let changed = inserted(rest, into: elements[index]) else { return nil }
        elements[index] = changed
      }
      return .array(elements)
    default: return nil
    }
  }
}
