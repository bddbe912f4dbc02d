/// Rows of text in columns that fit a width; what does not fit ends in an ellipsis.
public struct TextTable {
  public struct ColumnStyle: Sendable {
    public var title: String
    /// Columns that a cell takes at most.
    public var limit: Int
    /// Which columns give way first when the table is too wide; the highest first, 0 never.
    public var yields: Int

    public init(_ title: String, limit: Int = 60, yields: Int = 0) {
      self.title = title
      self.limit = limit
      self.yields = yields
    }
  }

  private let styles: [ColumnStyle]
  private let widths: [Int]
  private let usesColour: Bool

  /// Lays a table out for rows, of which a sample suffices.
  public init(_ styles: [ColumnStyle], sample: [[String]], width: Int, usesColour: Bool) {
    self.styles = styles
    self.usesColour = usesColour
    var widths = styles.indices.map { column in
      min(
        styles[column].limit,
        max(Terminal.columns(styles[column].title), sample.map { Terminal.columns($0[column]) }.max() ?? 0))
    }
    var excess = widths.reduce(0, +) + 2 * (styles.count - 1) - width
    for column in styles.indices.sorted(by: { styles[$0].yields > styles[$1].yields })
    where styles[column].yields > 0 && excess > 0 {
      let least = max(8, Terminal.columns(styles[column].title))
      let given = min(excess, max(0, widths[column] - least))
      widths[column] -= given
      excess -= given
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
      let (text, width) = fitted(cells[column], widths[column])
      if usesColour, let colour = colours[column] {
        line += "\u{1B}[\(colour)m\(text)\u{1B}[0m"
      } else {
        line += text
      }
      if column < styles.count - 1 { line += String(repeating: " ", count: widths[column] - width + 2) }
    }
    return line
  }

  private func fitted(_ text: String, _ width: Int) -> (String, Int) {
    let safe = Terminal.safe(text)
    let columns = Terminal.columns(safe)
    guard columns > width else { return (safe, columns) }
    var cut = ""
    var used = 0
    for character in safe {
      let more = Terminal.columns(String(character))
      guard used + more < width else { break }
      cut.append(character)
      used += more
    }
    return (cut + "…", used + 1)
  }
}
