import Events
import JSON
import Outputs

/// Values from a log made fit to be read: what cannot be seen is named, what is enormous is cut and said to be.
enum ShownText {
  /// Scalars of a value that a page or sheet shows of it; the event itself has more.
  static let longest = 2000

  /// A text with invisible characters named: see `VisibleText`.
  static func visible(_ text: String) -> String { VisibleText.visible(text) }

  static func isInvisible(_ scalar: Unicode.Scalar) -> Bool { VisibleText.isInvisible(scalar) }

  /// As `visible`, on one line.
  static func line(_ text: String) -> String {
    visible(text).replacing("\n", with: " ").replacing("\t", with: " ")
  }

  /// A text cut after so many scalars, with a remark when it was.
  static func cut(_ text: String, to limit: Int = longest) -> String {
    guard text.utf8.count > limit else { return text }
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return text }
    return String(scalars[..<end]) + "… (cut: \(scalars.count.grouped) characters)"
  }

  /// A time for a sentence: `2026-01-31 10:20:00` for `2026-01-31T10:20:00.000Z`; any other text as it is.
  static func time(_ text: String) -> String {
    guard let time = Timestamp(iso8601: text) else { return text }
    let iso = time.iso8601
    let fraction = iso.dropFirst(19).dropLast()
    return iso.prefix(10) + " " + iso.dropFirst(11).prefix(8) + (fraction == ".000" ? "" : fraction)
  }
}
