/// Comma-separated values by RFC 4180, made safe for spreadsheets and terminals.
public enum CSVText {
  /// What a cell shows for a value, before it is quoted: a formula gets an apostrophe at its front, invisible characters
  /// are named, and a text longer than a spreadsheet holds is cut with a remark.
  public static func cell(_ value: String) -> String {
    let shown = VisibleText.visible(cut(value))
    // Some programs look behind white space, and some take the wide forms of these signs too.
    let first = value.unicodeScalars.first { !$0.properties.isWhitespace || $0 == "\t" || $0 == "\r" }
    return first.map(formulaStarts.contains) == true ? "'" + shown : shown
  }

  /// The head of a column: the name of a field as it is, `@timestamp` too. What is no such name, as a key of an event may
  /// be, is shown like any value.
  static func header(_ name: String) -> String {
    name.wholeMatch(of: /@?[A-Za-z_][A-Za-z0-9_.\-]*/) != nil ? name : cell(name)
  }

  /// A line of cells with CRLF at its end.
  public static func line(_ cells: [String]) -> [UInt8] {
    var line: [UInt8] = []
    for (place, cell) in cells.enumerated() {
      if place > 0 { line.append(UInt8(ascii: ",")) }
      let needsQuotes = cell.utf8.contains { ",\"\n\r".utf8.contains($0) } || cell.hasPrefix(" ") || cell.hasSuffix(" ")
      if needsQuotes { line.append(UInt8(ascii: "\"")) }
      for byte in cell.utf8 {
        if byte == UInt8(ascii: "\"") { line.append(byte) }
        line.append(byte)
      }
      if needsQuotes { line.append(UInt8(ascii: "\"")) }
    }
    return line + [0x0D, 0x0A]
  }

  /// Spreadsheets hold at most 32,767 characters in a cell.
  private static let longest = 30_000

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > longest else { return text }
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: longest, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return text }
    return String(scalars[..<end]) + "… (cut: \(CountText.grouped(scalars.count)) characters)"
  }

  private static let formulaStarts: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "\t", "\r", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
  ]
}
