/// What became of events that were appended.
public struct AppendOutcome: Equatable, Sendable {
  public var stored = 0
  /// Events that were there already, or twice among those that were appended.
  public var duplicates = 0
  /// Stored events that no longer count, since an appended one took their place.
  public var replaced = 0
  /// Events that were left out, since retention has deleted what is as old.
  public var expired = 0
  /// True where events from the same object had been appended before: nothing was done.
  public var isRepeated = false

  public init(
    stored: Int = 0, duplicates: Int = 0, replaced: Int = 0, expired: Int = 0, isRepeated: Bool = false
  ) {
    self.stored = stored
    self.duplicates = duplicates
    self.replaced = replaced
    self.expired = expired
    self.isRepeated = isRepeated
  }

  public static func + (left: AppendOutcome, right: AppendOutcome) -> AppendOutcome {
    AppendOutcome(
      stored: left.stored + right.stored, duplicates: left.duplicates + right.duplicates,
      replaced: left.replaced + right.replaced, expired: left.expired + right.expired,
      isRepeated: left.isRepeated && right.isRepeated)
  }
}
