/// Rows of cells of a text in CSV (RFC 4180): quotes around cells, doubled within, line ends within quotes.
public enum CSVRecords {
  /// The rows; a line without anything is none. Nil where a quote is never closed, with the line it stands on.
  public static func parse(_ text: [UInt8]) -> (rows: [[String]], openQuote: Int?) {
    var rows: [[String]] = []
    var row: [String] = []
    var cell: [UInt8] = []
    var at = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var line = 1
    var isEmpty = true
    func endCell() {
      row.append(String(decoding: cell, as: UTF8.self))
      cell.removeAll(keepingCapacity: true)
    }
    func endRow() {
      if !isEmpty {
        endCell()
        rows.append(row)
      }
      row = []
      cell.removeAll(keepingCapacity: true)
      isEmpty = true
    }
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "\"") where cell.isEmpty:
        isEmpty = false
        let start = line
        at += 1
        while true {
          guard at < text.count else { return (rows, start) }
          if text[at] == UInt8(ascii: "\"") {
            guard at + 1 < text.count, text[at + 1] == UInt8(ascii: "\"") else { break }
            at += 1
          } else if text[at] == UInt8(ascii: "\n") {
            line += 1
          }
          cell.append(text[at])
          at += 1
        }
        at += 1
      case UInt8(ascii: ","):
        isEmpty = false
        endCell()
        at += 1
      case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
        if text[at] == UInt8(ascii: "\r"), at + 1 < text.count, text[at + 1] == UInt8(ascii: "\n") { at += 1 }
        at += 1
        line += 1
        endRow()
      default:
        isEmpty = false
        cell.append(text[at])
        at += 1
      }
    }
    endRow()
    return (rows, nil)
  }
}
