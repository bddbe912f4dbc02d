/// Lists and long values in sentences.
enum ListText {
  /// The most items of a list that are named.
  static let items = 8
  /// The most characters of a value that are shown.
  static let length = 200

  /// A value, cut where it is long. One of AWS's own names never is.
  static func cut(_ text: String) -> String {
    // The check by bytes spares most values the count of characters, which takes time.
    guard text.utf8.count > length, text.count > length else { return text }
    return text.prefix(length) + "…"
  }

  /// "a, b and c"; of a long list the first items and how many there are besides.
  static func joined(_ items: some Collection<String>, _ word: String = "and") -> String {
    guard items.count > Self.items else { return series(Array(items), word) }
    return series(items.prefix(Self.items) + ["\(items.count - Self.items) more"], word)
  }

  private static func series(_ items: [String], _ word: String) -> String {
    guard let last = items.last else { return "" }
    return items.count == 1 ? last : items.dropLast().joined(separator: ", ") + " \(word) " + last
  }

  /// The first letter as a capital.
  static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
