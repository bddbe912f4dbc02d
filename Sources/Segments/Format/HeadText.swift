import Events

/// The texts of what an event's head holds, as columns have them: the id as a UUID, lower-case and with hyphens, or the
/// time in ISO 8601 with milliseconds.
struct HeadText {
  /// The text that `write` made last.
  private(set) var bytes: [UInt8] = []
  /// The day of the time that `bytes` tells, since the Unix epoch; nil where they tell none that can be changed in place.
  private var day: Int64?

  /// Makes the text of a head. False where the head has none.
  @inline(__always)
  mutating func write(_ head: EventHead, as kept: ColumnShape.Codes) -> Bool {
    if kept == .identity {
      write(head.identity.id)
      return true
    }
    guard head.time != .missing else { return false }
    write(head.time)
    return true
  }

  /// False where no text of a kind holds some bytes, whatever the case of letters; true in doubt.
  static func mayHold(_ piece: SoughtBytes, as kept: ColumnShape.Codes) -> Bool {
    let signs = kept == .identity ? idSigns : timeSigns
    return piece.bytes.count <= longest && piece.bytes.allSatisfy(signs.contains)
  }

  private static let idSigns = Set("0123456789abcdef-".utf8)
  private static let timeSigns = Set("0123456789-:.tz+".utf8)
  private static let longest = 40

  private mutating func write(_ id: EventID) {
    bytes.removeAll(keepingCapacity: true)
    day = nil
    append(id.high >> 32, digits: 8)
    append(id.high >> 16, digits: 4, after: true)
    append(id.high, digits: 4, after: true)
    append(id.low >> 48, digits: 4, after: true)
    append(id.low, digits: 12, after: true)
  }

  /// Appends the lowest digits of a number, after a hyphen.
  @inline(__always)
  private mutating func append(_ bits: UInt64, digits: Int, after hyphen: Bool = false) {
    if hyphen { bytes.append(UInt8(ascii: "-")) }
    for place in stride(from: (digits - 1) * 4, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: bits >> UInt64(place)) & 15
      bytes.append(digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a"))
    }
  }

  /// Events mostly are of the day of the one before: then only the time of day is written anew.
  private mutating func write(_ time: Timestamp) {
    let (quotient, remainder) = time.milliseconds.quotientAndRemainder(dividingBy: CivilTime.millisecondsPerDay)
    if remainder >= 0, day == quotient {
      bytes.withUnsafeMutableBufferPointer { text in
        let rest = UInt32(truncatingIfNeeded: remainder)
        let seconds = rest / 1000
        Self.put(seconds / 3600, at: 11, in: text)
        Self.put(seconds / 60 % 60, at: 14, in: text)
        Self.put(seconds % 60, at: 17, in: text)
        Self.put(rest % 1000 / 10, at: 20, in: text)
        text[22] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      }
      return
    }
    bytes.removeAll(keepingCapacity: true)
    time.appendISO8601(to: &bytes)
    day = remainder >= 0 && bytes.count == 24 ? quotient : nil
  }

  /// Puts a number of two digits in place.
  @inline(__always)
  private static func put(_ number: UInt32, at place: Int, in text: UnsafeMutableBufferPointer<UInt8>) {
    text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10)
    text[place + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
  }
}
