/// Why a request cannot be answered as it was made.
public enum StoreRequestError: Error, Equatable, CustomStringConvertible, Sendable {
  /// More events would have to be sorted than are held at once.
  case tooManyToSort(most: Int)

  public var description: String {
    switch self {
    case .tooManyToSort(let most):
      "more than \(most) events match and were to be sorted; give a limit, a shorter time, or a narrower query"
    }
  }
}
