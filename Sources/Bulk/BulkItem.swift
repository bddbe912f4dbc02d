/// What a bulk request asks for in one place, and how its answer stands so far.
public struct BulkItem: Sendable, Equatable {
  public var kind: BulkAction.Kind
  public var index: String
  /// Nil where the document names none and none was given to it.
  public var id: String?
  public var state: State

  public enum State: Sendable, Equatable {
    /// The place of the document among those that are handed over.
    case document(Int)
    case refused(status: Int, type: String, reason: String)
  }
}
