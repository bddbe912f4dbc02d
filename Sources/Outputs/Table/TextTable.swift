/// Rows of text in columns that fit a width. Where there is little room, columns give way and names in them are cut in their
/// middle (`CutText`); where there is less, a row goes on in further lines, below the first and set in from it. Ids and
/// addresses are never cut.
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
  private let usesColour: Bool
  /// Columns of the terminal; nil where nothing is cut.
  private let width: Int?
  private var widths: [Int]
  /// The columns that stand on each line of a row.
  private var lines: [Range<Int>]

  private static let gap = 2
  /// How far the further lines of a row are set in.
  private static let indent = 4

  /// Lays a table out for rows, of which a sample suffices; without a width nothing is cut.
  public init(_ styles: [ColumnStyle], sample: [[String]], width: Int?, usesColour: Bool) {
    self.styles = styles
    self.usesColour = usesColour
    self.width = width
    lines = [styles.indices]
    widths = styles.indices.map { column in
      let style = styles[column]
      let needed = max(Terminal.columns(style.title), sample.map { Terminal.columns($0[column]) }.max() ?? 0)
      // Not even one endless value makes all the other rows endless.
      return min(style.yields == 0 || width == nil ? max(style.limit, 200) : style.limit, needed)
    }
    guard let width else { return }
    let least = styles.indices.map { column in
      guard styles[column].yields > 0 else { return widths[column] }
      // A few cells with long ids do not make the column wide: their rows are broken where need be.
      let ofIDs = sample.map { CutText($0[column]).least }.sorted()
      return min(
        widths[column],
        max(
          styles[column].least, Terminal.columns(styles[column].title),
          ofIDs.isEmpty ? 0 : ofIDs[ofIDs.count * 3 / 4]))
    }
    lines = Self.lines(of: least, within: width)
    for (number, line) in lines.enumerated() {
      let room = width - (number == 0 ? 0 : Self.indent)
      var excess = line.reduce(-Self.gap) { $0 + widths[$1] + Self.gap } - room
      for column in line.sorted(by: { styles[$0].yields > styles[$1].yields })
      where styles[column].yields > 0 && excess > 0 {
        let given = min(excess, widths[column] - least[column])
        widths[column] -= given
        excess -= given
      }
    }
  }

  /// Which columns stand on which line, when each has its least width.
  private static func lines(of least: [Int], within width: Int) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    var used = 0
    for column in least.indices {
      let needed = (column == start ? 0 : gap) + least[column]
      if column > start, used + needed > width - (lines.isEmpty ? 0 : indent) {
        lines.append(start..<column)
        (start, used) = (column, least[column])
      } else {
        used += needed
      }
    }
    return lines + [start..<least.count]
  }

  /// The columns' titles: a line, or as many as a row has.
  public var header: String {
    let text = row(styles.map(\.title))
    return usesColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text
  }

  /// A row, of one line or, where there is little room, of several; `colours` gives an SGR code for cells that have one.
  public func row(_ cells: [String], colours: [Int: String] = [:]) -> String {
    var text = ""
    for (number, line) in lines.enumerated() {
      if number > 0 { text += Self.lineBreak }
      // Where the next column stands, and how far the line has come.
      var place = number == 0 ? 0 : Self.indent
      var used = place
      // Where a long id breaks a line, what is left of it follows one after another, in full, and no longer in columns.
      var flows = false
      for column in line {
        var pieces = fitted(cells[column], column, isWhole: flows)
        if let width, !flows, column > line.lowerBound, max(place, used) + pieces[0].width > width {
          flows = true
          pieces = fitted(cells[column], column, isWhole: true)
        }
        for (at, piece) in pieces.enumerated() {
          let isFirst = column == line.lowerBound && at == 0
          if let width, at > 0 || !isFirst && max(place, used) + piece.width > width {
            text += Self.lineBreak
            used = Self.indent
          } else if used < place {
            text += String(repeating: " ", count: place - used)
            used = place
          }
          text += coloured(piece.text, colours[column])
          used += piece.width
        }
        if column + 1 < line.upperBound {
          text += String(repeating: " ", count: Self.gap)
          used += Self.gap
        }
        place = flows ? used : place + widths[column] + Self.gap
      }
    }
    return Self.withoutBlanksAtEnds(text)
  }

  private static let lineBreak = "\n" + String(repeating: " ", count: indent)

  private func coloured(_ text: String, _ colour: String?) -> String {
    guard usesColour, let colour else { return text }
    return "\u{1B}[\(colour)m\(text)\u{1B}[0m"
  }

  /// Lines without the blanks that they end with; a line of nothing else is left out.
  private static func withoutBlanksAtEnds(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
    }
    return lines.count == 1 ? lines[0] : lines.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// What is shown of a cell: one piece, or several, each for a line of its own, where its ids need more than a line has.
  ///
  /// - Parameter isWhole: give it what a line has, and not only what its column has.
  private func fitted(_ text: String, _ column: Int, isWhole: Bool) -> [(text: String, width: Int)] {
    let safe = Terminal.safe(text)
    let columns = Terminal.columns(safe)
    guard let width else { return [(safe, columns)] }
    let most = width - Self.indent
    let room = isWhole ? most : min(widths[column], most)
    guard columns > room else { return [(safe, columns)] }
    let fitted = styles[column].yields > 0 ? CutText(safe).fitted(to: room) : (safe, columns)
    guard fitted.1 > most else { return [fitted] }
    return CutText(fitted.0).lines(of: most).map { ($0, Terminal.columns($0)) }
  }
}
