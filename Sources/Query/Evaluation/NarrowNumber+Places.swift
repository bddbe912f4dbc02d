import Events

/// What fields keep of numbers, as places in the order of all the numbers that such a field can hold: two numbers are one to
/// the field when their places are, and the next number has the next place.
///
/// As Elasticsearch's types do, values and single values of queries are rounded to the nearest; bounds are rounded to it in a
/// `float` and inwards in the others.
extension NarrowNumber {
  /// The place of a value; nil for what such a field cannot hold.
  func place(_ value: Scalar) -> Int64? {
    guard value.kind != .boolean, value.bytes.count <= 64 else { return nil }
    // Decimals of an event are cut off; a query's number with decimals is none of the field's.
    if case .whole(let bits) = self {
      return Number(value, isInteger: true)?.wholeValue.flatMap { Self.places(bits).contains($0) ? $0 : nil }
    }
    return place(of: value.text)
  }

  /// The place of a number; nil for what is none, or none of the field's.
  func place(of text: String) -> Int64? {
    guard let number = Number(text) else { return nil }
    switch self {
    case .scaled(let factor): return Int64(exactly: (number.value * factor + 0.5).rounded(.down))
    case .float: return Float(text).flatMap(Self.place)
    case .halfFloat: return Float(text).flatMap { Self.place(Float16($0)) }
    case .unsignedLong:
      if let (whole, hasDecimals) = Self.unsigned(text) { return hasDecimals ? nil : Self.place(whole) }
      return number.isWhole ? UInt64(exactly: number.value).map(Self.place) : nil
    case .whole(let bits): return number.wholeValue.flatMap { Self.places(bits).contains($0) ? $0 : nil }
    }
  }

  /// All numbers of so many bits.
  private static func places(_ bits: Int) -> ClosedRange<Int64> { -1 << (bits - 1)...(1 << (bits - 1)) - 1 }

  /// The number at a place, as one text for all its spellings.
  func text(at place: Int64) -> String {
    switch self {
    case .scaled(let factor): Self.term(Double(place) * (1 / factor))
    case .float: Self.term(Double(Self.float(place)))
    case .halfFloat: Self.term(Double(Self.half(place)))
    case .unsignedLong: String(Self.unsigned(place))
    case .whole: String(place)
    }
  }

  /// The places between two bounds; nil where there are none, or where a bound is no number.
  func places(_ lower: RangeBound?, _ upper: RangeBound?) -> ClosedRange<Int64>? {
    var (first, last) = (Int64.min, Int64.max)
    if let lower {
      guard let place = bound(lower, isLower: true) else { return nil }
      first = place
    }
    if let upper {
      guard let place = bound(upper, isLower: false) else { return nil }
      last = place
    }
    return first <= last ? first...last : nil
  }

  /// The outermost place that meets a bound.
  private func bound(_ bound: RangeBound, isLower: Bool) -> Int64? {
    guard let number = Number(bound.value) else { return nil }
    let step: Int64 = bound.inclusive ? 0 : isLower ? 1 : -1
    switch self {
    case .scaled(let factor):
      let value = number.value * factor
      let shifted = bound.inclusive ? value : isLower ? value.nextUp : value.nextDown
      return Self.clamped(shifted.rounded(isLower ? .up : .down))
    case .float:
      guard let wanted = Float(bound.value) else { return nil }
      return Self.place(wanted).map { $0 + step } ?? (wanted < 0 ? .min : .max)
    case .halfFloat:
      guard let wanted = Float(bound.value) else { return nil }
      let near = Float16(wanted)
      guard let place = Self.place(near) else { return wanted < 0 ? .min : .max }
      let kept = Float(near)
      // What lies between two of them is not kept: the next one inwards is, whether the bound itself is meant or not.
      if kept == wanted { return place + step }
      return isLower ? (kept < wanted ? place + 1 : place) : (kept > wanted ? place - 1 : place)
    case .unsignedLong:
      if let (whole, hasDecimals) = Self.unsigned(bound.value) {
        if hasDecimals, !isLower { return Self.place(whole) }
        let step = hasDecimals ? 1 : step
        if step != 0, whole == (isLower ? .max : .min) { return nil }
        return Self.place(whole) + step
      }
      if number < Self.zero { return isLower ? Self.place(UInt64.min) : nil }
      let rounded = number.value.rounded(isLower ? .up : .down)
      guard let whole = UInt64(exactly: rounded) else { return isLower ? nil : Self.place(UInt64.max) }
      guard number.isWhole, !bound.inclusive else { return Self.place(whole) }
      return whole == (isLower ? .max : .min) ? nil : Self.place(whole) + step
    case .whole(let bits):
      let all = Self.places(bits)
      let rounded = number.value.rounded(isLower ? .up : .down)
      let nearest = number.wholeValue ?? Self.clamped(rounded)
      let (moved, isOver) = nearest.addingReportingOverflow(number.wholeValue == nil ? 0 : step)
      // Beyond the numbers of the field there are none on one side, and all on the other.
      let place = isOver ? nearest : moved
      guard isLower ? place <= all.upperBound && !isOver : place >= all.lowerBound && !isOver else { return nil }
      return isLower ? max(place, all.lowerBound) : min(place, all.upperBound)
    }
  }

  /// A number without a sign or an exponent: its whole part, and whether decimals stand behind it that are not 0. A double would
  /// hold none of a number that is far from 0.
  private static func unsigned(_ text: String) -> (whole: UInt64, hasDecimals: Bool)? {
    if let whole = UInt64(text) { return (whole, false) }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }), let whole = UInt64(parts[0])
    else { return nil }
    return (whole, parts[1].contains { $0 != "0" })
  }

  private static let zero = Number("0") ?? { preconditionFailure("0 is a number") }()

  private static func clamped(_ value: Double) -> Int64 { Int64(exactly: value) ?? (value < 0 ? .min : .max) }

  private static func term(_ value: Double) -> String { Number("\(value)")?.term ?? "\(value)" }

  // MARK: Places

  /// Nil for what is not finite. Zero with a sign is zero.
  private static func place(_ value: Float) -> Int64? {
    guard value.isFinite else { return nil }
    let bits = Int32(bitPattern: (value == 0 ? 0 : value).bitPattern)
    return Int64(bits < 0 ? bits ^ .max : bits)
  }

  private static func float(_ place: Int64) -> Float {
    let bits = Int32(clamping: place)
    return Float(bitPattern: UInt32(bitPattern: bits < 0 ? bits ^ .max : bits))
  }

  private static func place(_ value: Float16) -> Int64? {
    guard value.isFinite else { return nil }
    let bits = Int16(bitPattern: (value == 0 ? 0 : value).bitPattern)
    return Int64(bits < 0 ? bits ^ .max : bits)
  }

  private static func half(_ place: Int64) -> Float16 {
    let bits = Int16(clamping: place)
    return Float16(bitPattern: UInt16(bitPattern: bits < 0 ? bits ^ .max : bits))
  }

  private static func place(_ value: UInt64) -> Int64 { Int64(bitPattern: value ^ 1 << 63) }

  private static func unsigned(_ place: Int64) -> UInt64 { UInt64(bitPattern: place) ^ 1 << 63 }
}
