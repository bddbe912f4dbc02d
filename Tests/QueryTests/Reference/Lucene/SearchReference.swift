import Events
import JSON

/// What comes of asking one field of one event.
enum SearchOutcome: Equatable {
  /// The field's type cannot be asked that: the whole search fails.
  case refused
  /// There is no word to ask for; the clause is left out.
  case absent
  case holds(Bool)
}

/// Asks fields of events, one value after the other.
struct SearchReference {
  /// 2024-05-01T22:00:00Z.
  static let now = Timestamp(milliseconds: 1_714_600_800_000)

  var event: JSONValue
  /// The event's own fields are out of reach in an object of the nested field `n`, and the other way round.
  var isObject = false

  func ask(_ ask: SearchAsk, _ field: String) -> SearchOutcome {
    let kind = SearchFields.kind(field)
    if kind == .id || kind == .index { return document(ask, kind) }
    let isInReach = (SearchFields.nested[field] != nil) == isObject
    let values = isInReach ? SearchFields.values(of: isObject ? String(field.dropFirst(2)) : field, in: event) : []
    if ask == .exists { return .holds(!values.isEmpty) }
    switch kind {
    case .text: return text(ask, values.map(Self.text))
    case .keyword, .wildcard: return whole(ask, values.map(Self.text), kind)
    case .unmapped: return .holds(values.contains { unmapped(ask, $0) })
    case .whole, .floating, .date, .address, .boolean: return typed(ask, values, kind)
    case .id, .index: return .holds(false)
    }
  }

  // MARK: Documents

  /// What the event is called as a document.
  var id: String { Self.text(event["_id"] ?? event["event"]?["id"] ?? "") }

  /// The id is asked for as a whole, the index by patterns alone.
  private func document(_ ask: SearchAsk, _ kind: SearchFields.Kind) -> SearchOutcome {
    let asked: String
    switch ask {
    case .exists: return .holds(!isObject)
    case .regex, .range, .fuzzy, .phrasePrefix: return .refused
    case .words(let text, let need):
      guard need.edits == nil else { return .refused }
      asked = text
    case .phrase(let text, _), .term(let text, false): asked = text
    // Ids are held against it as they are encoded.
    case .term(let text, true):
      guard kind == .index else { return .holds(false) }
      asked = text.lowercased()
    case .pattern(let pattern):
      guard kind == .index else { return .refused }
      let text = pattern.pieces.map { piece in
        switch piece {
        case .text(let text): text
        case .star: "*"
        case .one: "?"
        }
      }.joined()
      asked = pattern.ignoresCase ? text.lowercased() : text
    }
    guard !isObject else { return .holds(false) }
    if kind == .id { return .holds(asked == id) }
    let index = Self.text(event["_index"] ?? "filebeat-default")
    return .holds([index, SearchFields.streams[index] ?? index].contains { Self.isNamed($0, by: asked) })
  }

  private static func isNamed(_ name: String, by pattern: String) -> Bool {
    if name.hasPrefix("."), !pattern.hasPrefix(".") { return false }
    let pieces = pattern.map { $0 == "*" ? SearchPattern.Piece.star : .text(String($0)) }
    return !pattern.isEmpty && SearchPattern(pieces: pieces, form: .clause).matches(name)
  }

  /// The same of several fields: any one of them; what a type cannot be asked does not hold where that is said.
  func ask(_ ask: SearchAsk, any fields: [String], isLenient: Bool) -> SearchOutcome {
    let outcomes = fields.map { self.ask(ask, $0) }.map { isLenient && $0 == .refused ? .holds(false) : $0 }
    if outcomes.contains(.refused) { return .refused }
    let there = outcomes.filter { $0 != .absent }
    return there.isEmpty ? .absent : .holds(there.contains(.holds(true)))
  }

  static func text(_ value: JSONValue) -> String { ReferenceValue.text(value) ?? "" }

  // MARK: Text

  private func text(_ ask: SearchAsk, _ values: [String]) -> SearchOutcome {
    let cut = values.map(SearchText.words)
    let all = cut.flatMap(\.self)
    switch ask {
    case .words(let text, let need):
      let wanted = SearchText.words(text)
      guard !wanted.isEmpty else { return .absent }
      return .holds(Self.enough(wanted, need, all, isBeginning: need.isPrefix && SearchText.endsInWord(text)))
    case .phrase(let text, let moves):
      let wanted = SearchText.words(text)
      guard !wanted.isEmpty else { return .absent }
      return .holds(cut.contains { SearchText.stand(wanted, in: $0, within: moves) })
    case .phrasePrefix(let text):
      let wanted = SearchText.words(text)
      guard let last = wanted.last else { return .absent }
      let choices = Set(all.filter { $0.hasPrefix(last) })
      return .holds(
        choices.contains { one in cut.contains { SearchText.stand(wanted.dropLast() + [one], in: $0, within: 0) } })
    case .pattern(let pattern):
      if case .string(let cuts, let needsAll) = pattern.form {
        if cuts, let beginning = pattern.beginning {
          let wanted = SearchText.words(beginning)
          guard !wanted.isEmpty else { return .absent }
          return .holds(Self.enough(wanted, SearchNeed(all: needsAll, isPrefix: true), all, isBeginning: true))
        }
        return .holds(all.contains { pattern.matches($0, isLowered: true) })
      }
      return .holds(all.contains { pattern.matches($0) })
    case .range(let range):
      func end(_ end: SearchRange.End?) -> SearchRange.End? {
        end.map { range.isLowered ? SearchRange.End(value: $0.value.lowercased(), isInclusive: $0.isInclusive) : $0 }
      }
      return .holds(
        all.contains { word in
          Self.isBetween(end(range.lower), end(range.upper)) { Self.order(word, $0) } ?? false
        })
    case .fuzzy(let word, let edits, let fixed, let isLowered):
      let wanted = isLowered ? word.lowercased() : word
      return .holds(all.contains { SearchText.isNear($0, wanted, edits, fixed: fixed) })
    case .term, .regex: return .holds(all.contains { Self.isWhole(ask, $0) })
    case .exists: return .holds(!values.isEmpty)
    }
  }

  private static func enough(_ wanted: [String], _ need: SearchNeed, _ words: [String], isBeginning: Bool) -> Bool {
    let met = wanted.enumerated().count { at, word in
      if isBeginning, at == wanted.count - 1 { return words.contains { $0.hasPrefix(word) } }
      let edits = need.edits?.edits(word) ?? 0
      return words.contains { edits == 0 ? $0 == word : SearchText.isNear($0, word, edits, fixed: need.fixed) }
    }
    guard wanted.count > 1 else { return met == 1 }
    // Where all are required none is optional, and of none more than none can be asked.
    if need.all { return met == wanted.count && (need.least?.count(of: 0) ?? 0) == 0 }
    return met >= max(1, need.least?.count(of: wanted.count) ?? 1)
  }

  // MARK: Whole values

  private func whole(_ ask: SearchAsk, _ values: [String], _ kind: SearchFields.Kind) -> SearchOutcome {
    if case .phrasePrefix = ask { return .refused }
    if case .words(let text, let need) = ask, need.isPrefix, kind == .keyword {
      return .holds(values.contains { $0.hasPrefix(text) })
    }
    return .holds(values.contains { Self.isWhole(ask, $0) })
  }

  private static func isWhole(_ ask: SearchAsk, _ value: String) -> Bool {
    switch ask {
    case .words(let text, let need):
      return need.edits.map { SearchText.isNear(value, text, $0.edits(text), fixed: need.fixed) } ?? (value == text)
    case .phrase(let text, _): return value == text
    case .term(let text, let ignoresCase): return ignoresCase ? value.lowercased() == text.lowercased() : value == text
    case .pattern(let pattern): return pattern.matches(value)
    case .regex(let regex, let ignoresCase): return regex.matches(value, ignoresCase: ignoresCase)
    case .range(let range): return isBetween(range.lower, range.upper) { order(value, $0) } ?? false
    case .fuzzy(let word, let edits, let fixed, _): return SearchText.isNear(value, word, edits, fixed: fixed)
    case .phrasePrefix, .exists: return false
    }
  }

  private func unmapped(_ ask: SearchAsk, _ value: JSONValue) -> Bool {
    switch value {
    case .string(let text):
      if case .words(let start, let need) = ask, need.isPrefix { return text.hasPrefix(start) }
      return Self.isWhole(ask, text)
    case .bool: return typed(ask, [value], .boolean) == .holds(true)
    default: return typed(ask, [value], .floating) == .holds(true)
    }
  }

  // MARK: Values of a type

  private func typed(_ ask: SearchAsk, _ values: [JSONValue], _ kind: SearchFields.Kind) -> SearchOutcome {
    switch ask {
    case .words(let text, let need):
      guard need.edits == nil else { return .refused }
      return same(text, values, kind)
    case .phrase(let text, _), .term(let text, false): return same(text, values, kind)
    case .range(let range):
      return ranged(range, values, kind)
    case .term(_, true), .pattern, .regex, .fuzzy, .phrasePrefix: return .refused
    case .exists: return .holds(!values.isEmpty)
    }
  }

  private func same(_ text: String, _ values: [JSONValue], _ kind: SearchFields.Kind) -> SearchOutcome {
    let isReadable: Bool
    switch kind {
    case .whole, .floating: isReadable = ReferenceNumber.isNumber(text)
    case .boolean: isReadable = text == "true" || text == "false"
    case .date: isReadable = ReferenceDate.interval(text, now: Self.now) != nil
    default: isReadable = ReferenceAddress.network(text) != nil
    }
    guard isReadable else { return .refused }
    return .holds(
      values.contains { value in
        switch kind {
        case .whole: ReferenceNumber.whole(value).flatMap { ReferenceNumber.compare($0, text) } == .same
        case .floating: ReferenceNumber.floating(value) == ReferenceNumber.floating(.string(text))
        case .boolean: Self.text(value) == text
        case .date: ReferenceDate.interval(text, now: Self.now)!.contains(Self.time(value))
        default: ReferenceAddress.holds(ReferenceAddress.network(text)!, ReferenceAddress.bytes(Self.text(value))!)
        }
      })
  }

  private static func time(_ value: JSONValue) -> Int64 {
    ReferenceDate.interval(text(value))?.lowerBound ?? .min
  }

  private func ranged(_ range: SearchRange, _ values: [JSONValue], _ kind: SearchFields.Kind) -> SearchOutcome {
    if kind == .date { return dated(range, values) }
    func order(_ value: JSONValue, _ bound: String) -> Int? {
      switch kind {
      case .whole:
        guard ReferenceNumber.isNumber(bound) else { return nil }
        return ReferenceNumber.whole(value).flatMap { ReferenceNumber.compare($0, bound) }.map(Self.sign)
      case .floating:
        guard let bound = ReferenceNumber.floating(.string(bound)), let value = ReferenceNumber.floating(value)
        else { return nil }
        return value < bound ? -1 : value > bound ? 1 : 0
      case .boolean:
        guard bound == "true" || bound == "false" else { return nil }
        return Self.order(Self.text(value), bound)
      default:
        guard let bound = ReferenceAddress.bytes(bound), let value = ReferenceAddress.bytes(Self.text(value))
        else { return nil }
        return value.lexicographicallyPrecedes(bound) ? -1 : value == bound ? 0 : 1
      }
    }
    let example: JSONValue = kind == .boolean ? true : kind == .address ? "::" : 0
    for end in [range.lower, range.upper].compactMap(\.self) where order(example, end.value) == nil { return .refused }
    return .holds(values.contains { value in Self.isBetween(range.lower, range.upper) { order(value, $0) } ?? false })
  }

  /// Ends name a unit of time: what lies before, in and behind it.
  private func dated(_ range: SearchRange, _ values: [JSONValue]) -> SearchOutcome {
    let shift = Int64(range.zone?.minutes ?? 0) * 60_000
    func unit(_ end: SearchRange.End) -> ClosedRange<Int64>? {
      // What says its own zone, or counts milliseconds, is not moved; days of now are days of the zone.
      let text = end.value
      let isMoved = text.hasPrefix("now") || text.prefix(5).contains("-") && text.first != "-" && !text.hasSuffix("Z")
      let now = Timestamp(milliseconds: Self.now.milliseconds + shift)
      guard let unit = ReferenceDate.interval(text, now: now) else { return nil }
      return isMoved || text.count == 4 ? (unit.lowerBound - shift)...(unit.upperBound - shift) : unit
    }
    var (first, last) = (Int64.min, Int64.max)
    if let lower = range.lower {
      guard let unit = unit(lower) else { return .refused }
      first = lower.isInclusive ? unit.lowerBound : unit.upperBound + 1
    }
    if let upper = range.upper {
      guard let unit = unit(upper) else { return .refused }
      last = upper.isInclusive ? unit.upperBound : unit.lowerBound - 1
    }
    return .holds(values.contains { first <= Self.time($0) && Self.time($0) <= last })
  }

  private static func isBetween(
    _ lower: SearchRange.End?, _ upper: SearchRange.End?, _ order: (String) -> Int?
  ) -> Bool? {
    if let lower {
      guard let order = order(lower.value) else { return nil }
      if order < 0 || order == 0 && !lower.isInclusive { return false }
    }
    if let upper {
      guard let order = order(upper.value) else { return nil }
      if order > 0 || order == 0 && !upper.isInclusive { return false }
    }
    return true
  }

  private static func order(_ left: String, _ right: String) -> Int {
    left == right ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
  }

  private static func sign(_ order: ReferenceValue.Order) -> Int {
    switch order {
    case .below: -1
    case .same: 0
    case .above: 1
    }
  }
}
