/// Text that is written into Markdown and stays text, whatever it holds.
///
/// Markdown is made of Unicode scalars: a back-quote with an accent behind it is one character to `String` and still a
/// back-quote to every renderer, so everything here goes by scalars.
public enum MarkdownCode {
  /// A span of code, which no renderer looks into: its marks are longer than any run of back-quotes in the text.
  public static func span(_ text: String) -> String {
    let scalars = text.unicodeScalars
    var longest = 0
    var run = 0
    for scalar in scalars {
      run = scalar == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let mark = String(repeating: "`", count: longest + 1)
    // A renderer takes a space at both ends off again, unless there is nothing else.
    let isPadded = scalars.first == " " && scalars.last == " " && scalars.contains { $0 != " " }
    let pad = scalars.first == "`" || scalars.last == "`" || isPadded ? " " : ""
    return mark + pad + text + pad + mark
  }

  /// The text with some scalars replaced.
  public static func replacing(_ text: String, _ replacement: (Unicode.Scalar) -> String?) -> String {
    var output = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if let other = replacement(scalar) {
        output.append(contentsOf: other.unicodeScalars)
      } else {
        output.append(scalar)
      }
    }
    return String(output)
  }

  /// Text for a cell of a table, where an upright bar would end the cell, inside code too.
  public static func cell(_ text: String) -> String { replacing(text) { $0 == "|" ? "\\|" : nil } }

  /// Text for the inside of code that stands already: back-quotes, which could end it, become apostrophes.
  public static func inside(_ text: String) -> String { replacing(text) { $0 == "`" ? "'" : nil } }

  /// Text that is harmless inside and outside of code alike: no back-quotes, and every sign escaped that could be markup.
  public static func anywhere(_ text: String) -> String {
    replacing(text) { scalar in
      if scalar == "`" { return "'" }
      let isSign =
        scalar.isASCII && !("0"..."9").contains(scalar) && !("a"..."z").contains(scalar)
        && !("A"..."Z").contains(scalar) && scalar != " "
      return isSign ? "\\" + String(scalar) : nil
    }
  }
}
