/// The codes of a row's values, each once: for whoever counts rows and not values.
public struct DistinctCodes: Sequence, IteratorProtocol {
  private let codes: Column.Codes
  private var position: Int
  /// What came, once that is much: then the codes are no longer searched through.
  private var seen: Set<UInt32> = []

  private static let few = 64

  init(_ codes: Column.Codes) {
    self.codes = codes
    position = codes.startIndex
  }

  public mutating func next() -> UInt32? {
    while position < codes.endIndex {
      let code = codes[position]
      position += 1
      if isFirst(code) { return code }
    }
    return nil
  }

  private mutating func isFirst(_ code: UInt32) -> Bool {
    guard codes.count > Self.few else { return !codes[codes.startIndex..<position - 1].contains(code) }
    return seen.insert(code).inserted
  }
}
