/// One condition of an exception.
public struct ExceptionEntry: Hashable, Sendable {
  /// The field by its full path; of a nested entry the nested field.
  public var field: String
  public var test: ExceptionTest
  /// True when the entry holds of the events for which its test does not.
  public var isExcluded: Bool

  public init(field: String, _ test: ExceptionTest, isExcluded: Bool = false) {
    self.field = field
    self.test = test
    self.isExcluded = isExcluded
  }
}
