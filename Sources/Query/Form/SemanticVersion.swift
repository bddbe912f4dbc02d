/// A version as fields of type `version` order it: by the rules of semantic versioning; texts that are none come after
/// all that are.
public struct SemanticVersion: Hashable, Comparable, Sendable {
  /// The version as written.
  public let text: String

  private let numbers: [Part]?
  private let preRelease: [Part]

  private enum Part: Hashable, Comparable {
    case number(String)
    case word(String)

    init(_ text: Substring) {
      guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        self = .word(String(text))
        return
      }
      let digits = text.drop { $0 == "0" }
      self = .number(digits.isEmpty ? "0" : String(digits))
    }

    static func < (left: Part, right: Part) -> Bool {
      switch (left, right) {
      case (.number(let left), .number(let right)):
        left.utf8.count != right.utf8.count
          ? left.utf8.count < right.utf8.count : left.utf8.lexicographicallyPrecedes(right.utf8)
      case (.number, .word): true
      case (.word, .number): false
      case (.word(let left), .word(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
      }
    }
  }

  public init(_ text: String) {
    self.text = text
    let plain = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)[0]
    let halves = plain.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let main = halves[0].split(separator: ".", omittingEmptySubsequences: false).map(Part.init)
    let isValid = main.allSatisfy { if case .number = $0 { true } else { false } }
    numbers = isValid ? main : nil
    preRelease =
      halves.count > 1 ? halves[1].split(separator: ".", omittingEmptySubsequences: false).map(Part.init) : []
  }

  public static func == (left: SemanticVersion, right: SemanticVersion) -> Bool { Value.equal(left.text, right.text) }

  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }

  public static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
    guard let mine = left.numbers, let others = right.numbers else {
      if (left.numbers == nil) != (right.numbers == nil) { return left.numbers != nil }
      return left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
    if mine != others { return mine.lexicographicallyPrecedes(others) }
    if left.preRelease.isEmpty != right.preRelease.isEmpty { return !left.preRelease.isEmpty }
    if left.preRelease != right.preRelease { return left.preRelease.lexicographicallyPrecedes(right.preRelease) }
    return left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}
