import Events

/// A date as HTTP writes it: `Sat, 31 Jan 2026 10:15:00 GMT`.
struct HTTPDate {
  let time: Timestamp

  init?(_ text: String) {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", words[1].utf8.count == 2,
      let month = Self.months.firstIndex(of: String(words[2])),
      let time = Timestamp(iso8601: "\(words[3])-\(month < 9 ? "0" : "")\(month + 1)-\(words[1])T\(words[4])Z")
    else { return nil }
    self.time = time
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
