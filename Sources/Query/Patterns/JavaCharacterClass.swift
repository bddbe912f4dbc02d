/// Character classes of `java.util.regex` as sets: with classes inside each other, ranges, intersections and the classes of ASCII.
///
/// Properties (`\p{L}`) and what else is more than characters is left to the engine of regular expressions.
struct JavaCharacterClass {
  private static let white = ScalarSet([0x09...0x0D, 0x20...0x20])
  /// Classes inside each other.
  private static let deepest = 20

  private let source: [Unicode.Scalar]
  private var at = 0

  /// The characters of which a pattern matches runs, `[…]+` or `\W+`, or one, `,`; nil for any other pattern.
  ///
  /// To part words both are the same: between two separators there is nothing.
  static func set(repeated pattern: String) -> ScalarSet? {
    var reader = JavaCharacterClass(source: Array(pattern.unicodeScalars))
    guard let set = reader.single(inClass: false) else { return nil }
    if reader.next == "+" { reader.at += 1 }
    return reader.next == nil ? set : nil
  }

  private init(source: [Unicode.Scalar]) { self.source = source }

  private var next: Unicode.Scalar? { at < source.count ? source[at] : nil }
  private var isAtIntersection: Bool { next == "&" && at + 1 < source.count && source[at + 1] == "&" }

  /// A class, or one character.
  private mutating func single(inClass: Bool, depth: Int = 0) -> ScalarSet? {
    guard let scalar = next else { return nil }
    switch scalar {
    case "[": return bracketed(depth: depth)
    case "\\": return escape()
    case _ where !inClass && ".^$|()]{}*+?".unicodeScalars.contains(scalar): return nil
    default:
      at += 1
      return ScalarSet(scalar)
    }
  }

  private mutating func bracketed(depth: Int) -> ScalarSet? {
    guard depth < Self.deepest else { return nil }
    at += 1
    let isNegated = next == "^"
    if isNegated { at += 1 }
    // A bracket that closes nothing, and operators at odd places, are read by the engine.
    guard next != "]", !isAtIntersection else { return nil }
    var all: ScalarSet?
    while true {
      guard let part = union(depth: depth) else { return nil }
      all = all.map { $0.intersection(part) } ?? part
      if isAtIntersection {
        at += 2
        guard next != "]", !isAtIntersection else { return nil }
        continue
      }
      guard next == "]" else { return nil }
      at += 1
      return isNegated ? all?.inverted : all
    }
  }

  /// What stands side by side, up to the end or an intersection.
  private mutating func union(depth: Int) -> ScalarSet? {
    var ranges: [ClosedRange<UInt32>] = []
    while let scalar = next, scalar != "]", !isAtIntersection {
      let isClass = scalar == "["
      guard let set = single(inClass: true, depth: depth + 1) else { return nil }
      ranges += set.ranges
      guard !isClass, next == "-", at + 1 < source.count, source[at + 1] != "]", source[at + 1] != "[" else { continue }
      guard let first = set.only else { return nil }
      at += 1
      guard let last = single(inClass: true)?.only, first <= last else { return nil }
      ranges.append(first...last)
    }
    return ScalarSet(ranges)
  }

  private mutating func escape() -> ScalarSet? {
    guard at + 1 < source.count else { return nil }
    let scalar = source[at + 1]
    at += 2
    switch scalar {
    case "w": return .words
    case "W": return ScalarSet.words.inverted
    case "d": return .digits
    case "D": return ScalarSet.digits.inverted
    case "s": return Self.white
    case "S": return Self.white.inverted
    case "t": return ScalarSet("\t")
    case "n": return ScalarSet("\n")
    case "r": return ScalarSet("\r")
    case "f": return ScalarSet("\u{C}")
    case _ where scalar.isASCII && !scalar.properties.isAlphabetic && scalar.properties.numericType == nil:
      return ScalarSet(scalar)
    default: return nil
    }
  }
}

extension ScalarSet {
  /// The number of its one character; nil where it has none or several.
  fileprivate var only: UInt32? {
    guard ranges.count == 1, ranges[0].lowerBound == ranges[0].upperBound else { return nil }
    return ranges[0].lowerBound
  }

  func intersection(_ other: ScalarSet) -> ScalarSet { inverted.union(other.inverted).inverted }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= scalar.value
  }
}
