import Foundation

/// The three forms in which HTTP writes a moment (RFC 9110, section 5.6.7), each in GMT.
enum HTTPDate {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// Seconds since 1970; nil for what is no such date.
  ///
  /// - Parameter now: seconds since 1970, by which a year of two digits is told: it lies at most 50 years ahead.
  static func seconds(_ text: String, near now: Int64) -> Int64? {
    guard text.utf8.count <= 64 else { return nil }
    let parts = text.split { " ,-".contains($0) }.map(String.init)
    let (day, month, year, time): (String, String, String, String)
    switch parts.count {
    // Sun, 06 Nov 1994 08:49:37 GMT, and Sunday, 06-Nov-94 08:49:37 GMT
    case 6 where parts[5] == "GMT": (day, month, year, time) = (parts[1], parts[2], parts[3], parts[4])
    // Sun Nov  6 08:49:37 1994
    case 5: (day, month, year, time) = (parts[2], parts[1], parts[4], parts[3])
    default: return nil
    }
    let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { number(String($0)) }
    guard let day = number(day), let month = months.firstIndex(of: month), let full = number(year), clock.count == 3,
      let hour = clock[0], let minute = clock[1], let second = clock[2], hour < 24, minute < 60, second <= 60
    else { return nil }
    guard year.utf8.count == 2 else { return seconds(full, month, day, hour, minute, second) }
    let century = Int(Double(now) / 31_556_952) / 100 * 100 + 1900
    // The latest that is not too far ahead.
    return [century + 200, century + 100, century, century - 100].lazy
      .compactMap { seconds($0 + full, month, day, hour, minute, second) }
      .first { $0 <= now + 50 * 31_556_952 }
  }

  private static func seconds(
    _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int
  ) -> Int64? {
    guard (1900...9999).contains(year) else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (Int32(year - 1900), Int32(month), Int32(day))
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (Int32(hour), Int32(minute), Int32(second))
    let time = timegm(&parts)
    // A day that the month has not became one of the next.
    return parts.tm_mday == Int32(day) || second == 60 ? Int64(time) : nil
  }

  /// One to four digits.
  private static func number(_ text: String) -> Int? {
    guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }
}

extension HTTPHeaders {
  /// The moment in a field such as `Date`, in seconds since 1970; nil where there is none, or what is there is no date of HTTP.
  ///
  /// - Parameter now: seconds since 1970, near which a year of two digits lies.
  public func date(_ name: String, near now: Int64) -> Int64? { self[name].flatMap { HTTPDate.seconds($0, near: now) } }

  /// For how long the other side asks to be left alone in `Retry-After`, in seconds or until a date (RFC 9110, section 10.2.3); nil where it
  /// does not, or says neither.
  ///
  /// - Parameters:
  ///   - now: seconds since 1970.
  ///   - most: seconds; a longer time is cut to it.
  public func retryAfter(at now: Int64, most: Int64) -> Duration? {
    guard let text = self["Retry-After"]?.trimmingCharacters(in: .whitespaces), !text.isEmpty else { return nil }
    let seconds: Int64
    if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      seconds = Int64(text) ?? .max
    } else if let date = HTTPDate.seconds(text, near: now) {
      seconds = date - now
    } else {
      return nil
    }
    return .seconds(min(max(seconds, 0), most))
  }
}
