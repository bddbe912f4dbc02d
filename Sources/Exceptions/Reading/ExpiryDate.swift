import Events
import Rules

/// Reads the last instant at which an exception holds.
enum ExpiryDate {
  /// A time in ISO 8601, or a date by itself, which means the end of that day in UTC.
  static func read(_ key: String, _ reader: inout ObjectReader) -> Timestamp? {
    guard let text = reader.string(key) else { return nil }
    if let time = time(text) { return time }
    reader.error(
      at: key, "`\(reader.path.appending(key))` must be a date or a time, as 2026-06-30 or 2026-06-30T12:00:00Z")
    return nil
  }

  static func time(_ text: String) -> Timestamp? {
    if text.utf8.count == 10 { return Timestamp(iso8601: text + "T23:59:59.999Z") }
    // TOML lets a blank part the date from its time.
    return Timestamp(iso8601: text) ?? Timestamp(iso8601: text.replacing(" ", with: "T", maxReplacements: 1))
  }
}
