/// Patterns of field names, with `*` for any run of characters.
extension FieldCatalog {
  /// Whether some event may have a field that matches a pattern: one that is known, or one below a field that may hold any
  /// key.
  public func mayMatch(_ pattern: String) -> Bool {
    guard paths(matching: pattern).isEmpty else { return true }
    let pattern = Array(pattern.utf8)
    return freeRoots.contains { Self.mayMatch(pattern, below: Array(($0 + ".").utf8)) }
  }

  /// Whether a pattern matches some text that begins with another.
  private static func mayMatch(_ pattern: [UInt8], below start: [UInt8]) -> Bool {
    let star = UInt8(ascii: "*")
    // The places in the pattern that may come next, as more of the text is read.
    func closed(_ places: Set<Int>) -> Set<Int> {
      var places = places
      for place in places.sorted() {
        var next = place
        while next < pattern.count, pattern[next] == star {
          next += 1
          places.insert(next)
        }
      }
      return places
    }
    var places = closed([0])
    for byte in start {
      var next: Set<Int> = []
      for place in places where place < pattern.count {
        if pattern[place] == star { next.insert(place) } else if pattern[place] == byte { next.insert(place + 1) }
      }
      places = closed(next)
      if places.isEmpty { return false }
    }
    // The text goes on with at least a character.
    return places.contains { $0 < pattern.count }
  }

  /// The pattern that one which matches no field most likely means, or the field; nil when none is near.
  ///
  /// A pattern with one `*` at its end or its start is held against the beginnings and the ends of known names.
  public func meant(byPattern pattern: String) -> String? {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts[0].isEmpty != parts[1].isEmpty else { return nil }
    let atStart = parts[1].isEmpty
    let literal = atStart ? parts[0] : parts[1]
    let dot = atStart ? literal.hasSuffix(".") : literal.hasPrefix(".")
    let stem = Array((dot ? (atStart ? String(literal.dropLast()) : String(literal.dropFirst())) : literal).utf8)
    guard !stem.isEmpty, stem.count <= 256 else { return nil }
    let depth = stem.count { $0 == UInt8(ascii: ".") } + 1
    let bound = stem.count < 4 ? 1 : stem.count < 16 ? 2 : 3
    // What a dot follows is an object.
    let best =
      atStart
      ? pathParts.start(near: stem, depth: depth, isObject: dot, atMost: bound)
      : pathParts.end(near: stem, depth: depth, atMost: bound)
    return best.map { atStart ? $0 + (dot ? ".*" : "*") : (dot ? "*." : "*") + $0 }
  }

  /// The fields that an object holds, or that a pattern matches, the plainest first: multi-fields and longer names come
  /// behind.
  public func leaves(of name: String, limit: Int) -> (shown: [String], left: Int) {
    let all = paths(matching: name.contains("*") ? name : name + ".*").filter { !isMultiField($0) }
    let ranked = all.sorted { left, right in
      let (one, other) = (left.count { $0 == "." }, right.count { $0 == "." })
      return (one, left) < (other, right)
    }
    return (Array(ranked.prefix(limit)), max(0, ranked.count - limit))
  }
}
