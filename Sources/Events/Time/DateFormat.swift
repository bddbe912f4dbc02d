/// How the values of a field of dates are written, as a mapping's or a query's `format` says: patterns joined by `||`, tried in
/// turn. A pattern has Java's letters, or a name such as `epoch_second`.
///
///     try DateFormat("yyyy-MM-dd HH:mm:ss||epoch_millis").read("2026-03-01 10:00:00")
public final class DateFormat: Sendable {
  /// As it was written.
  public let text: String
  /// A pattern or a name, with what reads it.
  private struct Part: Sendable {
    var name: String
    var readers: [DatePattern]
  }

  private let parts: [Part]
  private let writer: DatePattern

  private init(_ text: String, _ parts: [Part], _ writer: DatePattern) {
    (self.text, self.parts, self.writer) = (text, parts, writer)
  }

  /// Throws where a part is no pattern.
  public convenience init(_ text: String) throws(DatePatternError) {
    var parts: [Part] = []
    var writer: DatePattern?
    guard text.utf8.count <= 1000 else { throw DatePatternError(message: "the format is longer than 1000 bytes") }
    for part in text.split(separator: "||", omittingEmptySubsequences: false) {
      var name = String(part)
      while name.first?.isWhitespace == true { name.removeFirst() }
      while name.last?.isWhitespace == true { name.removeLast() }
      guard !name.isEmpty else {
        throw DatePatternError(
          message: part.utf8.count == text.utf8.count
            ? "No date pattern provided" : "Cannot have empty element in multi date format pattern: \(text)")
      }
      if let named = DatePattern.named(name) {
        parts.append(Part(name: name, readers: named.readers))
        writer = writer ?? named.writer
      } else {
        // A mark of an older version.
        let pattern = try DatePattern(java: name.hasPrefix("8") ? String(name.dropFirst()) : name)
        parts.append(Part(name: name, readers: [pattern]))
        writer = writer ?? pattern
      }
    }
    guard let writer else { throw DatePatternError(message: "No date pattern provided") }
    self.init(text, parts, writer)
  }

  /// The format of a field that says nothing of it; such a one is nil elsewhere.
  public static let usual = "strict_date_optional_time||epoch_millis"

  /// Times as they are written here: `2026-01-31T12:00:00.000Z`.
  public static let writtenOut = try? DateFormat("strict_date_optional_time")

  /// Nil for the format that a field has unless it says otherwise. Throws where the text is no format.
  public static func unusual(_ text: String) throws(DatePatternError) -> DateFormat? {
    text == usual || text == "strict_date_optional_time_nanos||epoch_millis" ? nil : try DateFormat(text)
  }

  private static let usualOne = try? DateFormat(usual)

  /// Both formats, this one first; nil stands for the usual one. What the first has of the other already is not tried again, however
  /// many are joined one after another.
  static func joined(_ one: DateFormat?, _ other: DateFormat?) -> DateFormat? {
    guard one != other, let first = one ?? usualOne, let second = other ?? usualOne else { return one }
    let known = Set(first.parts.map(\.name))
    let more = second.parts.filter { !known.contains($0.name) }
    guard !more.isEmpty else { return one }
    let parts = first.parts + more
    return DateFormat(parts.map(\.name).joined(separator: "||"), parts, first.writer)
  }

  /// True where it writes names of days or months.
  public var hasNames: Bool { parts.contains { $0.readers.contains(where: \.hasNames) } }

  /// What a whole text says; nil where it is no date of the format.
  ///
  /// - Parameter roundingUp: what is missing is filled up to the end of what is said.
  public func read(_ text: [UInt8], roundingUp: Bool = false) -> ReadDate? {
    for part in parts {
      for pattern in part.readers { if let date = pattern.read(text, roundingUp: roundingUp) { return date } }
    }
    return nil
  }

  /// A time in UTC as the first pattern writes it.
  public func text(_ milliseconds: Int64) -> String { writer.text(milliseconds) }

  /// The same of a text.
  public func read(_ text: String, roundingUp: Bool = false) -> ReadDate? {
    read(Array(text.utf8), roundingUp: roundingUp)
  }
}

extension DateFormat: Hashable {
  public static func == (left: DateFormat, right: DateFormat) -> Bool { left === right || left.text == right.text }
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
