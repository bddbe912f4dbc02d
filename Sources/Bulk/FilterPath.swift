/// Which parts of an answer a client wants: the parameter `filter_path`.
public struct FilterPath: Sendable {
  private var included: [[Substring]] = []
  private var excluded: [[Substring]] = []

  /// A list with commas of paths with dots; `*` stands for one part, `**` for any number, and `-` before a path takes it out.
  public init(_ text: String?) {
    for path in (text ?? "").prefix(2000).split(separator: ",").prefix(100) {
      let trimmed = path.drop { $0 == " " }
      if trimmed.first == "-" {
        excluded.append(Self.parts(trimmed.dropFirst()))
      } else {
        included.append(Self.parts(trimmed))
      }
    }
  }

  /// The parts of a pattern. Several `**` in a row say no more than one, and each would be tried at every place of those before it.
  private static func parts(_ pattern: Substring) -> [Substring] {
    pattern.split(separator: ".").reduce(into: []) { parts, part in
      if part != "**" || parts.last != "**" { parts.append(part) }
    }
  }

  /// True where everything is wanted.
  var keepsAll: Bool { included.isEmpty && excluded.isEmpty }

  /// Whether the value at a path is wanted; arrays are no part of it.
  public func keeps(_ path: [String]) -> Bool {
    let path = path.map { $0[...] }
    if excluded.contains(where: { Self.selects($0[...], path[...]) }) { return false }
    return included.isEmpty || included.contains { Self.selects($0[...], path[...]) }
  }

  /// Whether a pattern names a path or something around it.
  private static func selects(_ pattern: ArraySlice<Substring>, _ path: ArraySlice<Substring>) -> Bool {
    guard let first = pattern.first else { return true }
    if first == "**" {
      return selects(pattern.dropFirst(), path) || !path.isEmpty && selects(pattern, path.dropFirst())
    }
    guard let part = path.first, matches(first, part) else { return false }
    return selects(pattern.dropFirst(), path.dropFirst())
  }

  private static func matches(_ pattern: Substring, _ part: Substring) -> Bool {
    if pattern == "*" { return true }
    guard let star = pattern.firstIndex(of: "*") else { return pattern == part }
    let (head, tail) = (pattern[..<star], pattern[pattern.index(after: star)...])
    return part.count >= head.count + tail.count && part.hasPrefix(head) && part.hasSuffix(tail)
  }
}
