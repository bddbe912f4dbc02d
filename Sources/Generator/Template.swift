/// The text of a kind of record, cut into literal pieces and slots once, so that writing a record only copies bytes.
struct Template {
  /// A literal piece (`length` bytes from `offset` in the catalogue's text), and the slot that follows it.
  struct Piece {
    var offset: Int
    var length: Int
    var slot: Slot?
  }

  var pieces: [Piece]

  /// Cuts `pattern` at its `‹slots›` and appends its literal text to `literals`.
  ///
  /// The patterns are part of the program: an unknown slot is a mistake in it and stops it.
  init(_ pattern: String, literals: inout [UInt8]) {
    pieces = []
    var rest = Substring(pattern)
    while true {
      let opening = rest.firstIndex(of: "‹")
      let literal = rest[..<(opening ?? rest.endIndex)].utf8
      let offset = literals.count
      literals.append(contentsOf: literal)
      guard let opening else {
        pieces.append(Piece(offset: offset, length: literal.count, slot: nil))
        return
      }
      guard let closing = rest[opening...].firstIndex(of: "›"),
        let slot = Slot(String(rest[rest.index(after: opening)..<closing]))
      else {
        preconditionFailure("a template names an unknown slot: \(rest[opening...].prefix(40))")
      }
      pieces.append(Piece(offset: offset, length: literal.count, slot: slot))
      rest = rest[rest.index(after: closing)...]
    }
  }
}
