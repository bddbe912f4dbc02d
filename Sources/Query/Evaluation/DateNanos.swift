import Events

/// Times as a field of `date_nanos` keeps them: nanoseconds since the epoch, from 1970 to 2262.
enum DateNanos {
  private static let million: Int64 = 1_000_000

  /// The time of a value; nil for what such a field cannot hold.
  static func value(_ value: Scalar, _ format: DateFormat? = nil) -> Int64? {
    if let format {
      guard value.kind != .boolean, value.bytes.count <= ValueMatcher.longestDate,
        let (milliseconds, rest) = format.read(Array(value.bytes))?.instant(), milliseconds >= 0
      else { return nil }
      let (nanos, overflows) = milliseconds.multipliedReportingOverflow(by: million)
      let (sum, overflowsToo) = nanos.addingReportingOverflow(rest)
      return overflows || overflowsToo ? nil : sum
    }
    guard let time = ValueMatcher.date(value), time.milliseconds >= 0 else { return nil }
    let (nanos, overflows) = time.milliseconds.multipliedReportingOverflow(by: million)
    guard !overflows else { return nil }
    let (sum, overflowsToo) = nanos.addingReportingOverflow(value.kind == .string ? fraction(value.bytes) : 0)
    return overflowsToo ? nil : sum
  }

  /// The first and the last nanosecond that a text of a query may mean; nil where it is no time. Beyond the years that are
  /// kept they are those of their ends.
  static func bounds(
    _ text: String, now: Timestamp, _ zone: DateZone? = nil, _ format: DateFormat? = nil
  ) -> (first: Int64, last: Int64)? {
    guard let math = try? DateMath(text, format) else { return nil }
    func resolve(up: Bool) -> Int64 {
      zone?.resolve(text, format, now: now, roundingUp: up) ?? math.resolve(now: now, roundingUp: up).milliseconds
    }
    let (first, last) = (resolve(up: false), resolve(up: true))
    guard first <= last else { return nil }
    if let format, let start = format.read(text), let end = format.read(text, roundingUp: true) {
      return (nanos(first, start.instant().nanos), nanos(last, end.instant().nanos))
    }
    var text = text
    let extra = first == last && !text.contains("/") ? text.withUTF8 { fraction($0) } : 0
    return (nanos(first, extra), nanos(last, first == last ? extra : million - 1))
  }

  private static func nanos(_ milliseconds: Int64, _ rest: Int64) -> Int64 {
    guard milliseconds >= 0 else { return 0 }
    let (nanos, overflows) = milliseconds.multipliedReportingOverflow(by: million)
    let (sum, overflowsToo) = nanos.addingReportingOverflow(rest)
    return overflows || overflowsToo ? .max : sum
  }

  /// A kept time as queries write it, to the nanosecond.
  static func text(_ nanos: Int64) -> String {
    let rest = String(nanos % million + million).dropFirst()
    return Timestamp(milliseconds: nanos / million).iso8601.dropLast() + rest + "Z"
  }

  /// What a written time has beyond its milliseconds, in nanoseconds: digits four to nine behind the seconds.
  private static func fraction(_ text: UnsafeBufferPointer<UInt8>) -> Int64 {
    // A number by itself is milliseconds.
    guard text.contains(UInt8(ascii: ":")),
      let point = text.firstIndex(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") })
    else { return 0 }
    var nanos: Int64 = 0
    for place in 4...9 {
      let at = point + place
      let digit = at < text.count && text[(point + 1)...at].allSatisfy { $0 &- 0x30 < 10 } ? Int64(text[at] - 0x30) : 0
      nanos = nanos * 10 + digit
    }
    return nanos
  }
}
