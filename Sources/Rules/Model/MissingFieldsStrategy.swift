/// What becomes of an event that lacks a field by which alerts are suppressed.
public enum MissingFieldsStrategy: String, CaseIterable, Hashable, Sendable {
  /// Events that lack the field are alike.
  case suppress
  /// Each event that lacks the field raises its own alert.
  case doNotSuppress
}
