/// Rows of text in columns that fit a width; what does not fit is cut in its middle, since names differ at both ends.
public struct TextTable {
  public struct ColumnStyle: Sendable {
    public var title: String
    /// Columns that a cell takes at most.
    public var limit: Int
    /// Which columns give way first when the table is too wide; the highest first, 0 never.
    public var yields: Int
    /// The least width that a column gives way to.
    public var least: Int

    public init(_ title: String, limit: Int = 60, yields: Int = 0, least: Int = 8) {
      self.title = title
      self.limit = limit
      self.yields = yields
      self.least = least
    }
  }

  private let styles: [ColumnStyle]
  private let widths: [Int]
  private let usesColour: Bool
  private let cuts: Bool

  /// Lays a table out for rows, of which a sample suffices; without a width nothing is cut.
  public init(_ styles: [ColumnStyle], sample: [[String]], width: Int?, usesColour: Bool) {
    self.styles = styles
    self.usesColour = usesColour
    cuts = width != nil
    var widths = styles.indices.map { column in
      let needed = max(
        Terminal.columns(styles[column].title), sample.map { Terminal.columns($0[column]) }.max() ?? 0)
      // Not even one endless value makes all the other rows endless.
      return min(
        styles[column].yields == 0 || width == nil ? max(styles[column].limit, 200) : styles[column].limit, needed)
    }
    if let width {
      var excess = widths.reduce(0, +) + 2 * (styles.count - 1) - width
      for column in styles.indices.sorted(by: { styles[$0].yields > styles[$1].yields })
      where styles[column].yields > 0 && excess > 0 {
        let least = max(styles[column].least, Terminal.columns(styles[column].title))
        let given = min(excess, max(0, widths[column] - least))
        widths[column] -= given
        excess -= given
      }
    }
    self.widths = widths
  }

  /// The line with the columns' titles.
  public var header: String {
    let line = row(styles.map(\.title))
    return usesColour ? "\u{1B}[1m\(line)\u{1B}[0m" : line
  }

  /// A row; `colours` gives an SGR code for cells that have one.
  public func row(_ cells: [String], colours: [Int: String] = [:]) -> String {
    var line = ""
    for column in styles.indices {
      let (text, width) = fitted(cells[column], column)
      if usesColour, let colour = colours[column] {
        line += "\u{1B}[\(colour)m\(text)\u{1B}[0m"
      } else {
        line += text
      }
      if column < styles.count - 1 { line += String(repeating: " ", count: max(0, widths[column] - width) + 2) }
    }
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }

  /// Addresses and ids (columns that never give way) stay whole, and push the rest of their line aside.
  private func fitted(_ text: String, _ column: Int) -> (String, Int) {
    let safe = Terminal.safe(text)
    let columns = Terminal.columns(safe)
    guard cuts, styles[column].yields > 0, columns > widths[column] else { return (safe, columns) }
    return Self.cut(safe, to: widths[column])
  }

  /// A text with an ellipsis for its middle, and its width.
  static func cut(_ text: String, to width: Int) -> (String, Int) {
    func part(_ characters: some Sequence<Character>, _ width: Int) -> ([Character], Int) {
      var taken: [Character] = []
      var used = 0
      for character in characters {
        let more = Terminal.columns(String(character))
        guard used + more <= width else { break }
        taken.append(character)
        used += more
      }
      return (taken, used)
    }
    let (start, first) = part(text, width / 2)
    let (end, second) = part(text.reversed(), max(0, width - 1 - width / 2))
    return (String(start) + "…" + String(end.reversed()), first + 1 + second)
  }
}
