/// A name that AWS reads without regard to case: an action, a condition operator, a condition key.
///
/// It keeps the spelling that it was written in, and equals every other spelling.
public struct CaselessText: Hashable, Sendable, Comparable {
  public let text: String
  /// The text in small letters, which is compared.
  public let folded: String

  public init(_ text: String) {
    self.text = text
    folded = text.lowercased()
  }

  public static func == (left: CaselessText, right: CaselessText) -> Bool { left.folded == right.folded }

  public func hash(into hasher: inout Hasher) { hasher.combine(folded) }

  public static func < (left: CaselessText, right: CaselessText) -> Bool {
    left.folded.utf8.lexicographicallyPrecedes(right.folded.utf8)
  }
}
