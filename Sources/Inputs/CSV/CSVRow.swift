/// One row of a CSV text, by RFC 4180: where its cells lie.
struct CSVRow {
  struct Cell {
    /// The value's bytes in the text, without the quotes around it.
    var range: Range<Int>
    var isQuoted = false
    /// Two quotes stand in it for one.
    var hasDoubledQuotes = false
  }

  enum Fault: Error {
    /// The text ends, or goes on for too long, in the middle of the row.
    case unclosedQuote
    /// Something stands between a closing quote and the next separator.
    case textBehindQuote
  }

  enum Outcome {
    case row(CSVRow, end: Int)
    /// The row does not end in the text, which may go on.
    case needsMore
    /// It is no row; `end` is how far it was looked at.
    case fault(Fault, end: Int)
  }

  var cells: [Cell] = []

  /// Reads the row that starts at `start`.
  ///
  /// - Parameter isAtEnd: whether the text ends here, so that what is there is all of the row.
  static func read(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, separator: UInt8, isAtEnd: Bool
  ) -> Outcome {
    let quote = UInt8(ascii: "\"")
    var row = CSVRow()
    var at = start
    while true {
      // A cell starts at `at`.
      if at < text.count, text[at] == quote {
        var cell = Cell(range: at + 1..<at + 1, isQuoted: true)
        var place = at + 1
        while true {
          while place < text.count, text[place] != quote { place += 1 }
          guard place < text.count else { return isAtEnd ? .fault(.unclosedQuote, end: text.count) : .needsMore }
          guard place + 1 < text.count else {
            if !isAtEnd { return .needsMore }
            break
          }
          guard text[place + 1] == quote else { break }
          cell.hasDoubledQuotes = true
          place += 2
        }
        cell.range = at + 1..<place
        row.cells.append(cell)
        at = place + 1
      } else {
        var place = at
        while place < text.count, text[place] != separator, text[place] != 0x0A { place += 1 }
        guard place < text.count || isAtEnd else { return .needsMore }
        // The line may end as Windows ends it.
        let end =
          place > at && text[place - 1] == 0x0D && (place == text.count || text[place] == 0x0A) ? place - 1 : place
        row.cells.append(Cell(range: at..<end))
        at = place
      }
      if at < text.count, text[at] == 0x0D, at + 1 < text.count || isAtEnd { at += 1 }
      guard at < text.count else { return isAtEnd ? .row(row, end: at) : .needsMore }
      switch text[at] {
      case 0x0A: return .row(row, end: at + 1)
      case separator: at += 1
      default: return isAtEnd || text[at] != 0x0D ? .fault(.textBehindQuote, end: at) : .needsMore
      }
      if at == text.count, !isAtEnd { return .needsMore }
    }
  }

  /// Appends a cell's value.
  static func append(_ cell: Cell, of text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    guard cell.hasDoubledQuotes else {
      output.append(contentsOf: text[cell.range])
      return
    }
    var at = cell.range.lowerBound
    while at < cell.range.upperBound {
      output.append(text[at])
      at += text[at] == UInt8(ascii: "\"") ? 2 : 1
    }
  }
}
