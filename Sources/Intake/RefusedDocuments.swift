/// Documents of one request that are not stored for one cause; sending them again changes nothing.
public struct RefusedDocuments: Sendable, Equatable {
  /// In a few words, of which there are few whatever is sent, such as `index name`.
  public var cause: String
  public var count: Int
  /// Why the first of them is not: a sentence, with nothing of the document but names.
  public var reason: String

  public init(_ cause: String, count: Int = 1, reason: String) {
    self.cause = cause
    self.count = count
    self.reason = reason
  }
}

extension [RefusedDocuments] {
  /// Counts some more, with those of the same cause.
  public mutating func add(_ more: RefusedDocuments) {
    if let place = firstIndex(where: { $0.cause == more.cause }) {
      self[place].count += more.count
    } else {
      append(more)
    }
  }
}
