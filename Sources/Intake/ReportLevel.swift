/// How much a line of the log matters.
public enum ReportLevel: String, Sendable, Comparable, CaseIterable {
  case debug, info, notice, warning, error

  public static func < (left: Self, right: Self) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
