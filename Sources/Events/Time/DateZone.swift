import Foundation

/// A zone in which the ends of a range are read that name none: an offset from UTC, or a name such as `Europe/Berlin`.
public struct DateZone: Sendable {
  /// As it was written.
  public let name: String
  private let zone: TimeZone

  /// Reads what Elasticsearch takes for a `time_zone`: `Z`, `+01:00`, `-0730`, `+2`, `UTC+01:00`, names of the time zone
  /// database; nil where it is none of them.
  public init?(_ written: String) {
    name = written
    if let seconds = Self.offset(written), let zone = TimeZone(secondsFromGMT: seconds) {
      self.zone = zone
    } else if written.contains("/") || Self.names.contains(written), let zone = TimeZone(identifier: written) {
      self.zone = zone
    } else {
      return nil
    }
  }

  /// So many seconds east of UTC; nil where no zone is.
  init?(seconds: Int) {
    guard abs(seconds) <= 18 * 3600, let zone = TimeZone(secondsFromGMT: seconds) else { return nil }
    self.zone = zone
    let (hours, minutes, rest) = (abs(seconds) / 3600, abs(seconds) / 60 % 60, abs(seconds) % 60)
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    name = (seconds < 0 ? "-" : "+") + two(hours) + ":" + two(minutes) + (rest == 0 ? "" : ":" + two(rest))
  }

  private static let names = Set(TimeZone.knownTimeZoneIdentifiers).union(["Zulu", "Universal", "Etc/UTC", "Etc/GMT"])

  /// Whether it is UTC, in which dates are read anyway.
  public var isUTC: Bool { Self.offset(name) == 0 || name == "Zulu" }

  private static func offset(_ written: String) -> Int? {
    var text = written[...]
    for prefix in ["UTC", "GMT", "UT"] where text.hasPrefix(prefix) {
      text = text.dropFirst(prefix.count)
      if text.isEmpty { return 0 }
      break
    }
    if written == "Z" { return 0 }
    guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
    let digits = text.dropFirst()
    let parts = digits.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let numbers: [String]
    switch (parts.count, digits.count) {
    case (1, 1), (1, 2): numbers = parts
    case (1, 4), (1, 6):
      numbers = stride(from: 0, to: digits.count, by: 2).map { String(digits.dropFirst($0).prefix(2)) }
    case (2, 5), (3, 8): numbers = parts
    default: return nil
    }
    var seconds = 0
    for (number, size) in zip(numbers, [3600, 60, 1]) {
      guard number.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let value = Int(number), size == 3600 || value < 60 else {
        return nil
      }
      seconds += value * size
    }
    guard seconds <= 18 * 3600 else { return nil }
    return sign == "-" ? -seconds : seconds
  }

  // MARK: Reading dates

  /// The instant that a text means, in milliseconds since the epoch; nil where it is no date.
  ///
  /// What names a zone itself, `now` and milliseconds since the epoch are instants already; days and longer units are
  /// counted and rounded as they are in the zone.
  ///
  /// - Parameter format: how a date is written that is named; nil for ISO 8601 and milliseconds since the epoch.
  public func resolve(_ text: String, _ format: DateFormat? = nil, now: Timestamp, roundingUp: Bool) -> Int64? {
    guard (try? DateMath(text, format)) != nil else { return nil }
    let bars = text.range(of: "||")
    let isNow = text.hasPrefix("now")
    let anchor = isNow ? "now" : String(text[..<(bars?.lowerBound ?? text.endIndex)])
    let math = isNow ? text.dropFirst(3) : bars.map { text[$0.upperBound...] } ?? ""
    // With steps behind it, an anchor is never filled up.
    let fillsUp = roundingUp && bars == nil && !isNow
    var time: Int64
    if let format, !isNow {
      guard let read = format.read(anchor, roundingUp: fillsUp) else { return nil }
      time = read.instant(in: self).milliseconds
    } else {
      guard let start = try? DateMath(anchor).resolve(now: now, roundingUp: fillsUp) else { return nil }
      time = Self.isLocal(anchor) ? instant(start.milliseconds) : start.milliseconds
    }
    for step in Self.steps(math) {
      let isCounted = !step.hasPrefix("/") && "hHms".contains(step.last ?? " ")
      let from = isCounted ? time : time + offset(time)
      let written = Self.text(from) + "||" + step
      guard let next = try? DateMath(written).resolve(now: now, roundingUp: roundingUp) else { return nil }
      time = isCounted ? next.milliseconds : instant(next.milliseconds)
    }
    return time
  }

  /// A date that begins with a year, and has no zone behind its time.
  private static func isLocal(_ anchor: String) -> Bool {
    guard anchor != "now", anchor.utf8.prefix(while: { 0x30...0x39 ~= $0 }).count == 4 else { return false }
    guard let time = anchor.firstIndex(of: "T") else { return true }
    return !anchor[time...].dropFirst().contains { $0 == "Z" || $0 == "+" || $0 == "-" }
  }

  /// `+1d` and `/d` of `+1d/d`.
  private static func steps(_ math: Substring) -> [Substring] {
    var steps: [Substring] = []
    var rest = math
    while !rest.isEmpty {
      let end = rest.dropFirst().firstIndex { $0 == "+" || $0 == "-" || $0 == "/" } ?? rest.endIndex
      steps.append(rest[..<end])
      rest = rest[end...]
    }
    return steps
  }

  /// An instant as queries write it, within those that there are.
  public static func text(_ time: Int64) -> String {
    let bounds = Timestamp.earliest.milliseconds...Timestamp.latest.milliseconds
    return Timestamp(milliseconds: min(max(time, bounds.lowerBound), bounds.upperBound)).iso8601
  }

  /// The zone's distance from UTC at a time, in milliseconds.
  private func offset(_ time: Int64) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time) / 1000))) * 1000
  }

  /// The instant at which clocks in the zone show a time: the earlier one where they show it twice; where they skip it, the
  /// one that is as much later as they skip.
  func instant(_ local: Int64) -> Int64 {
    let day: Int64 = 86_400_000
    let (before, behind) = (offset(local - day), offset(local + day))
    if offset(local - before) == before { return local - before }
    return offset(local - behind) == behind ? local - behind : local - before
  }
}

extension DateZone: Hashable {
  public static func == (left: DateZone, right: DateZone) -> Bool { left.name == right.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
