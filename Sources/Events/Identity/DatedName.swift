/// Date math in names of indices: `<logs-{now/d}>`, `<logs-{now-1M/M{yyyy.MM}}>`, `<logs-{now/d{yyyy.MM.dd|+12:00}}>`.
enum DatedName {
  /// The name, or a pattern, that a text in angle brackets stands for; nil for another text, or one that cannot be read.
  ///
  /// - Parameter now: the time that dates count from; without one each stands for any.
  static func resolved(_ text: Substring, now: Timestamp?) -> String? {
    guard text.hasPrefix("<"), text.hasSuffix(">"), text.count > 2 else { return nil }
    var rest = text.dropFirst().dropLast()
    var name = ""
    while let next = rest.first {
      if next == "\\" {
        rest.removeFirst()
        guard let escaped = rest.popFirst() else { return nil }
        name.append(escaped)
      } else if next == "{" {
        guard let end = end(of: rest), let date = date(rest[rest.index(after: rest.startIndex)..<end], now) else {
          return nil
        }
        name += date
        rest = rest[rest.index(after: end)...]
      } else {
        name.append(next)
        rest.removeFirst()
      }
    }
    return name
  }

  /// Where the brace is closed that a text begins with.
  private static func end(of text: Substring) -> Substring.Index? {
    var depth = 0
    for at in text.indices {
      if text[at] == "{" { depth += 1 }
      if text[at] == "}" { depth -= 1 }
      if depth == 0 { return at }
    }
    return nil
  }

  /// What stands for a date: math, and in braces of its own a format and a zone.
  private static func date(_ text: Substring, _ now: Timestamp?) -> String? {
    var math = text
    var format = "uuuu.MM.dd"[...]
    var offset: Int64 = 0
    if let open = text.firstIndex(of: "{") {
      guard text.last == "}" else { return nil }
      math = text[..<open]
      let parts = text[text.index(after: open)...].dropLast().split(separator: "|", omittingEmptySubsequences: false)
      guard let first = parts.first, !first.isEmpty, parts.count <= 2 else { return nil }
      format = first
      if parts.count == 2 {
        guard let minutes = minutes(parts[1]) else { return nil }
        offset = minutes * 60_000
      }
    }
    guard math.hasPrefix("now"), let date = try? DateMath(String(math)) else { return nil }
    guard let now else { return "*" }
    // Rounded in the zone.
    let local = date.resolve(now: Timestamp(milliseconds: now.milliseconds &+ offset), roundingUp: false)
    return try? DatePattern(writing: String(format)).written(local.milliseconds)
  }

  /// The minutes of an offset such as `+12:00`.
  private static func minutes(_ zone: Substring) -> Int64? {
    if ["Z", "UTC"].contains(zone) { return 0 }
    let parts = zone.dropFirst().split(separator: ":")
    guard let sign = zone.first, sign == "+" || sign == "-", parts.count == 2, let hours = Int64(parts[0]),
      let minutes = Int64(parts[1]), 0...18 ~= hours, 0...59 ~= minutes
    else { return nil }
    return (hours * 60 + minutes) * (sign == "-" ? -1 : 1)
  }
}
