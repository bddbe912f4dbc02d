/// How much a hunt had to do beyond reading.
public struct HuntWork: Sendable, Equatable {
  /// Events that were mapped, since neither lean fields nor principal nor text ruled them out.
  public var mapped = 0
  /// Matches of rules.
  public var matched = 0

  static func + (left: HuntWork, right: HuntWork) -> HuntWork {
    HuntWork(mapped: left.mapped + right.mapped, matched: left.matched + right.matched)
  }
}
