/// Rows of cells of a text in CSV (RFC 4180): quotes around cells, doubled within, line ends within quotes.
public enum CSVRecords {
  /// The rows; a line without anything is none. Where a quote is never closed, the line it stands on.
  public static func parse(_ text: [UInt8]) -> (rows: [[String]], openQuote: Int?) {
    text.withUnsafeBufferPointer { text in
      var reader = CSVReader(text, skipsMark: true)
      var rows: [[String]] = []
      while reader.next() {
        rows.append(reader.cells.indices.map { reader.withCell($0) { String(decoding: $0, as: UTF8.self) } })
      }
      return (rows, reader.openQuote)
    }
  }
}

/// Goes over the rows of a text in CSV one by one; nothing is made for a cell without quotes.
public struct CSVReader {
  /// Where a cell lies: in the text, or without its quotes in `unquoted`.
  public struct Cell {
    fileprivate var range: Range<Int>
    fileprivate var isUnquoted = false
  }

  private let text: UnsafeBufferPointer<UInt8>
  private var at = 0
  /// The line that comes next.
  private var nextLine: Int
  private var unquoted: [UInt8] = []

  /// The cells of the row that was read last.
  public private(set) var cells: [Cell] = []
  /// The line that it starts on.
  public private(set) var line: Int
  /// Where it lies in the text, without its line end.
  public private(set) var range = 0..<0
  /// The line of a quote that is never closed: its row is none.
  public private(set) var openQuote: Int?

  /// - Parameters:
  ///   - text: stays in place for as long as the reader is used.
  ///   - line: the number of its first line.
  ///   - skipsMark: a byte order mark at the start belongs to no cell.
  public init(_ text: UnsafeBufferPointer<UInt8>, line: Int = 1, skipsMark: Bool = false) {
    self.text = text
    self.line = line
    nextLine = line
    if skipsMark, text.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
  }

  /// Reads the next row; false where there is none. A line without anything is none.
  public mutating func next() -> Bool {
    cells.removeAll(keepingCapacity: true)
    unquoted.removeAll(keepingCapacity: true)
    while at < text.count, Self.endsLine(text[at]) { skipLineEnd() }
    guard at < text.count else { return false }
    line = nextLine
    let start = at
    while true {
      guard readCell() else { return false }
      guard at < text.count, text[at] == UInt8(ascii: ",") else { break }
      at += 1
    }
    range = start..<at
    if at < text.count { skipLineEnd() }
    return true
  }

  /// Calls `body` with the text of a cell of the row, without quotes.
  @inline(__always)
  public func withCell<Result>(_ cell: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    let cell = cells[cell]
    guard cell.isUnquoted else { return try body(UnsafeBufferPointer(rebasing: text[cell.range])) }
    return try unquoted.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[cell.range])) }
  }

  private static func endsLine(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  private static func endsCell(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ",") || endsLine(byte) }

  private mutating func skipLineEnd() {
    at += text[at] == 0x0D && at + 1 < text.count && text[at + 1] == 0x0A ? 2 : 1
    nextLine += 1
  }

  /// Reads the cell that starts here; false where its quote is never closed.
  private mutating func readCell() -> Bool {
    let start = at
    guard at < text.count, text[at] == UInt8(ascii: "\"") else {
      while at < text.count, !Self.endsCell(text[at]) { at += 1 }
      cells.append(Cell(range: start..<at))
      return true
    }
    let (first, opened) = (unquoted.count, nextLine)
    at += 1
    while true {
      guard at < text.count else {
        openQuote = opened
        return false
      }
      if text[at] == UInt8(ascii: "\"") {
        guard at + 1 < text.count, text[at + 1] == UInt8(ascii: "\"") else { break }
        at += 1
      } else if text[at] == 0x0A {
        nextLine += 1
      }
      unquoted.append(text[at])
      at += 1
    }
    at += 1
    // What stands behind the closing quote belongs to the cell, too.
    while at < text.count, !Self.endsCell(text[at]) {
      unquoted.append(text[at])
      at += 1
    }
    cells.append(Cell(range: first..<unquoted.count, isUnquoted: true))
    return true
  }
}
