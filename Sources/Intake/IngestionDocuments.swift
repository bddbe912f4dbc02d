/// Documents that were sent together, each to be told what became of it.
public struct IngestionDocuments: Sendable {
  /// The documents one after the other, each a JSON value in a form that files may have, and each followed by a line's end.
  public private(set) var text: [UInt8] = []
  /// Where each document ends in `text`, its line's end included.
  public private(set) var ends: [Int] = []

  public init() {}

  public var count: Int { ends.count }

  public mutating func add(_ document: some Sequence<UInt8>) {
    text.append(contentsOf: document)
    text.append(0x0A)
    ends.append(text.count)
  }

  /// The bytes of one.
  public subscript(place: Int) -> ArraySlice<UInt8> { text[(place == 0 ? 0 : ends[place - 1])..<ends[place]] }
}

/// What became of one document.
public enum DocumentOutcome: Sendable, Equatable {
  /// It is stored and was not before.
  case stored
  /// It holds several records, of which not all can be stored, and sending it again changes nothing: a sentence says which and why.
  case storedInPart(String)
  /// It was there already; nothing was changed.
  case duplicate
  /// It is not stored, and sending it again changes nothing: a sentence says why.
  case rejected(String)
}
