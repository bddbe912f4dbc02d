extension DatePattern {
  /// What a text says, field by field.
  struct Fields {
    private var values = [Int64?](repeating: nil, count: Field.allCases.count)
    var zone: DateZone?
    /// Seconds since the epoch, and nanoseconds of a second.
    var instant: (seconds: Int64, nanos: Int64)?
    /// What an instant is exact to, in nanoseconds.
    var instantUnit: Int64 = 1

    subscript(field: Field) -> Int64? {
      get { values[field.rawValue] }
      set { values[field.rawValue] = newValue }
    }

    /// Sets a field; false where it already has another value.
    mutating func set(_ field: Field, _ value: Int64) -> Bool {
      if let known = self[field] { return known == value }
      self[field] = value
      return true
    }
  }

  /// The fields of a whole text; nil where it does not fit.
  func fields(_ text: [UInt8]) -> Fields? {
    var reader = Reader(text: text)
    guard reader.read(pieces), reader.at == text.count else { return nil }
    return reader.fields
  }
}

/// Reads a text from left to right, without a step back but before an optional section that does not fit.
private struct Reader {
  typealias Piece = DatePattern.Piece
  typealias Field = DatePattern.Field

  let text: [UInt8]
  var at = 0
  var fields = DatePattern.Fields()

  init(text: [UInt8]) { self.text = text }

  mutating func read(_ pieces: [Piece]) -> Bool {
    for (place, piece) in pieces.enumerated() {
      switch piece {
      case .optional(let inner):
        let (at, fields) = (at, fields)
        if !read(inner) { (self.at, self.fields) = (at, fields) }
      case .number(let field, let least, let most, let sign):
        guard number(field, least, most, sign, following: Self.following(place, in: pieces)) else { return false }
      default:
        guard read(piece) else { return false }
      }
    }
    return true
  }

  /// The digits that the numbers of fixed width right behind a number take.
  private static func following(_ place: Int, in pieces: [Piece]) -> Int {
    guard case .number(_, let least, let most, let sign) = pieces[place], !(least == most && sign == .none) else {
      return 0
    }
    var digits = 0
    for piece in pieces[(place + 1)...] {
      switch piece {
      case .number(_, let least, let most, .none) where least == most: digits += most
      case .shortYear: digits += 2
      case .fraction(let least, let most, false) where least == most: digits += most
      default: return digits
      }
    }
    return digits
  }

  private mutating func read(_ piece: Piece) -> Bool {
    switch piece {
    case .text(let wanted): return takes(wanted)
    case .shortYear(let field):
      guard let year = digits(2, 2) else { return false }
      return fields.set(field, 2000 + year)
    case .fraction(let least, let most, let point): return fraction(least, most, point: point)
    case .name(let field, let style): return name(field, style)
    case .offset(let form): return offset(form)
    case .localizedOffset(let full): return localizedOffset(full: full)
    case .zoneID: return zone()
    case .zoneName(let full): return zoneName(full: full)
    case .epoch(let perSecond): return epoch(perSecond)
    // Written only.
    case .dayPeriod, .padded: return false
    case .number, .optional: return false
    }
  }

  // MARK: Pieces

  private mutating func takes(_ wanted: String) -> Bool {
    let bytes = wanted.utf8
    guard text[at...].starts(with: bytes) else { return false }
    at += bytes.count
    return true
  }

  private func isDigit(_ place: Int) -> Bool { place < text.count && text[place] &- 0x30 <= 9 }

  private mutating func digits(_ least: Int, _ most: Int) -> Int64? {
    let start = at
    var value: Int64 = 0
    while at - start < most, isDigit(at) {
      let (scaled, isOver) = value.multipliedReportingOverflow(by: 10)
      let (sum, isMore) = scaled.addingReportingOverflow(Int64(text[at] - 0x30))
      guard !isOver, !isMore else { return nil }
      value = sum
      at += 1
    }
    guard at - start >= least, at > start else { return nil }
    return value
  }

  private mutating func number(
    _ field: Field, _ least: Int, _ most: Int, _ sign: DatePattern.Sign, following: Int
  ) -> Bool {
    guard at < text.count else { return false }
    let start = at
    let isSigned = text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-")
    let isNegative = text[at] == UInt8(ascii: "-")
    if isSigned {
      switch sign {
      case .normal where isNegative, .exceedsPad: at += 1
      default: return false
      }
    }
    let first = at
    var length = 0
    while length < most + following, isDigit(first + length) { length += 1 }
    // What stands behind takes its digits first.
    if following > 0 { length = max(least, length - following) }
    guard length >= least, length <= most, let value = digits(length, length), at == first + length,
      !(isNegative && value == 0)
    else {
      at = start
      return false
    }
    if sign == .exceedsPad {
      if isSigned && !isNegative {
        guard length > least else { return false }
      } else if !isSigned {
        guard length <= least else { return false }
      }
    }
    return fields.set(field, isNegative ? -value : value)
  }

  private mutating func fraction(_ least: Int, _ most: Int, point: Bool) -> Bool {
    if point {
      guard at < text.count, text[at] == UInt8(ascii: ".") else { return least == 0 }
      at += 1
    }
    let start = at
    guard var value = digits(least, most) else { return least == 0 }
    for _ in (at - start)..<9 { value *= 10 }
    return fields.set(.nano, value)
  }

  private mutating func name(_ field: Field, _ style: DatePattern.NameStyle) -> Bool {
    let names: [String]
    switch field {
    case .month: names = DatePattern.months.map { DatePattern.name($0, style) }
    case .weekday: names = DatePattern.days.map { DatePattern.name($0, style) }
    case .half: names = ["AM", "PM"]
    case .era:
      names = style == .full ? ["Before Christ", "Anno Domini"] : style == .narrow ? ["B", "A"] : ["BC", "AD"]
    case .quarter: names = (1...4).map { DatePattern.quarter($0, style) }
    default: return false
    }
    // The longest that fits; letters alone that stand for several are none.
    let fitting = names.indices.filter { text[at...].starts(with: names[$0].utf8) }
    guard let best = fitting.max(by: { names[$0].utf8.count < names[$1].utf8.count }),
      names.count(where: { $0 == names[best] }) == 1
    else { return false }
    at += names[best].utf8.count
    let base: Int64 = field == .half || field == .era ? 0 : 1
    return fields.set(field, Int64(best) + base)
  }

  // MARK: Zones

  private mutating func offset(_ form: DatePattern.OffsetForm) -> Bool {
    if !form.zero.isEmpty, takes(form.zero) { return fields.set(.offset, 0) }
    guard at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") else { return false }
    let sign: Int64 = text[at] == UInt8(ascii: "-") ? -1 : 1
    at += 1
    guard let hours = digits(2, 2), var seconds = Optional(hours * 3600) else { return false }
    for (need, unit) in [(form.minutes, Int64(60)), (form.seconds, 1)] {
      guard need != .never else { break }
      let before = at
      if (!form.colon || takes(":")), let part = digits(2, 2), part < 60 {
        seconds += part * unit
      } else {
        at = before
        guard need == .optional else { return false }
        break
      }
    }
    guard seconds <= 18 * 3600 else { return false }
    return fields.set(.offset, sign * seconds)
  }

  private mutating func localizedOffset(full: Bool) -> Bool {
    guard takes("GMT") else { return false }
    guard at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") else {
      return fields.set(.offset, 0)
    }
    let sign: Int64 = text[at] == UInt8(ascii: "-") ? -1 : 1
    at += 1
    guard let hours = digits(full ? 2 : 1, 2) else { return false }
    var seconds = hours * 3600
    for unit in [Int64(60), 1] {
      let before = at
      if takes(":"), let part = digits(2, 2), part < 60 {
        seconds += part * unit
      } else {
        at = before
        guard !full || unit == 1 else { return false }
        break
      }
    }
    guard seconds <= 18 * 3600 else { return false }
    return fields.set(.offset, sign * seconds)
  }

  private mutating func zone() -> Bool {
    guard at < text.count else { return false }
    if text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") {
      let start = at
      guard offset(DatePattern.OffsetForm(seconds: .optional, colon: true)), let seconds = fields[.offset] else {
        return false
      }
      // It is a zone here, not a field of the time.
      fields[.offset] = nil
      fields.zone = DateZone(String(decoding: text[start..<at], as: UTF8.self)) ?? DateZone(seconds: Int(seconds))
      return fields.zone != nil
    }
    let end =
      text[at...].firstIndex { byte in
        !(byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 26 || "/_+-:".utf8.contains(byte))
      } ?? text.count
    // The longest that is a zone.
    for stop in stride(from: min(end, at + 64), to: at, by: -1) {
      guard let zone = DateZone(String(decoding: text[at..<stop], as: UTF8.self)) else { continue }
      at = stop
      fields.zone = zone
      return true
    }
    return false
  }

  private mutating func zoneName(full: Bool) -> Bool {
    let names = full ? ZoneNames.full : ZoneNames.short
    let fitting = names.keys.filter { text[at...].starts(with: $0.utf8) }
    let start = at
    let byID = zone() ? (end: at, zone: fields.zone) : nil
    at = start
    if let best = fitting.max(by: { $0.utf8.count < $1.utf8.count }), at + best.utf8.count >= byID?.end ?? 0 {
      at += best.utf8.count
      fields.zone = names[best].flatMap { DateZone($0) }
      return fields.zone != nil
    }
    guard let byID, let known = byID.zone else { return false }
    at = byID.end
    fields.zone = known
    return true
  }

  // MARK: Units since the epoch

  private mutating func epoch(_ perSecond: Int64) -> Bool {
    let isNegative = at < text.count && text[at] == UInt8(ascii: "-")
    if isNegative { at += 1 }
    guard let units = digits(1, 19) else { return false }
    let most = perSecond == 1 ? 9 : 6
    let unit = 1_000_000_000 / perSecond
    var rest: Int64 = 0
    fields.instantUnit = unit
    if at < text.count, text[at] == UInt8(ascii: ".") {
      at += 1
      let start = at
      if at < text.count {
        guard let value = digits(1, most) else { return false }
        rest = value
        for _ in (at - start)..<most { rest *= 10 }
        fields.instantUnit = 1
      }
    }
    var seconds = units / perSecond
    var nanos = units % perSecond * unit + rest
    if isNegative {
      (seconds, nanos) = nanos == 0 ? (-seconds, 0) : (-seconds - 1, 1_000_000_000 - nanos)
    }
    fields.instant = (seconds, nanos)
    return true
  }
}

extension DatePattern {
  static func name(_ name: String, _ style: NameStyle) -> String {
    switch style {
    case .full: name
    case .short: String(name.prefix(3))
    case .narrow: String(name.prefix(1))
    }
  }

  static func quarter(_ quarter: Int, _ style: NameStyle) -> String {
    switch style {
    case .full: "\(["1st", "2nd", "3rd", "4th"][quarter - 1]) quarter"
    case .short: "Q\(quarter)"
    case .narrow: String(quarter)
    }
  }
}
