import Events

/// Many values by number, and which of them a field's value equals: as a `match` query for each of them would find it, all at once.
///
/// Keywords are equal whole, addresses as addresses, in a network also those that lie in it, numbers, booleans and dates by
/// what they are, a text by any of its words.
public struct MatchIndex: Sendable {
  private let type: FieldType
  private let analyzer: TextAnalyzer
  /// The values as written.
  private let values: ValueDictionary
  /// Values that are one: of each code the next one of the same, 0 behind the last.
  private var next: [UInt32] = []
  private var numbers: [Number: UInt32] = [:]
  private var places: [Int64: UInt32] = [:]
  /// Addresses that are written in another way than Elasticsearch writes them; the others are found by their text.
  private var addresses: [IPAddress: UInt32] = [:]
  /// Networks by the length of their prefix, longest first.
  private var networks: [(bits: Int, first: [IPAddress: UInt32])] = []
  private var words: [String: [UInt32]] = [:]
  private var booleans: [Bool: UInt32] = [:]
  /// Spans of times that dates mean, by where they begin.
  private var spans: [(first: Int64, last: Int64, code: UInt32)] = []
  private var longestSpan: Int64 = 0

  /// - Parameters:
  ///   - type: of the field whose values are looked for.
  ///   - values: all strings; their codes are the numbers.
  public init(type: FieldType, values: ValueDictionary) {
    self.type = type
    analyzer = type.analyzer
    self.values = values
    switch type {
    case .keyword, .wildcard, .constant, .version, .flattened, .geoPoint, .binary: return
    case .analyzed:
      Self.each(values) { code, text in
        for word in Set(analyzer.words(text)) { words[word, default: []].append(code) }
      }
    case .integer:
      Self.each(values) { code, text in
        guard let number = Number(text), number.isWhole, !number.isBeyondLong else { return }
        numbers[number] = link(code, before: numbers[number])
      }
    case .double:
      Self.each(values) { code, text in
        if let number = Number(text) { numbers[number] = link(code, before: numbers[number]) }
      }
    case .narrow(let kind):
      Self.each(values) { code, text in
        if let place = kind.place(of: text) { places[place] = link(code, before: places[place]) }
      }
    case .boolean:
      Self.each(values) { code, text in
        if text == "true" || text == "false" { booleans[text == "true"] = link(code, before: booleans[text == "true"]) }
      }
    case .date, .dateNanos: readTimes()
    case .ip: readAddresses()
    case .dynamic, .object, .nested:
      Self.each(values) { code, text in
        if let number = Number(text) { numbers[number] = link(code, before: numbers[number]) }
      }
    }
  }

  private static func each(_ values: ValueDictionary, _ body: (UInt32, String) -> Void) {
    for code in 1..<(UInt32(values.count) + 1) { body(code, values.text(code)) }
  }

  /// Puts a code before those that are the same, of which the first is given.
  private mutating func link(_ code: UInt32, before head: UInt32?) -> UInt32 {
    if next.isEmpty { next = [UInt32](repeating: 0, count: values.count + 1) }
    next[Int(code)] = head ?? 0
    return code
  }

  private mutating func readAddresses() {
    var ofLength: [Int: [IPAddress: UInt32]] = [:]
    for code in 1..<(UInt32(values.count) + 1)
    where values.withValue(code, { IPAddress.plainBits($0.bytes) }) == nil {
      let text = values.text(code)
      if let address = IPAddress(text) {
        if address.text != text { addresses[address] = link(code, before: addresses[address]) }
        continue
      }
      guard let network = IPAddress.range(cidr: text) else { continue }
      let bits = Self.prefix(of: network)
      ofLength[bits, default: [:]][network.lowerBound] = link(code, before: ofLength[bits]?[network.lowerBound])
    }
    networks = ofLength.sorted { $0.key > $1.key }.map { ($0.key, $0.value) }
  }

  /// How many leading bits the addresses of a network share.
  private static func prefix(of network: ClosedRange<IPAddress>) -> Int {
    let high = network.lowerBound.high ^ network.upperBound.high
    return high != 0
      ? high.leadingZeroBitCount : 64 + (network.lowerBound.low ^ network.upperBound.low).leadingZeroBitCount
  }

  private mutating func readTimes() {
    let epoch = Timestamp(milliseconds: 0)
    Self.each(values) { code, text in
      // A time relative to now is none that an indicator has.
      guard let math = try? DateMath(text, type.dateFormat), !math.isRelative else { return }
      if case .dateNanos = type {
        if let bounds = DateNanos.bounds(text, now: epoch, nil, type.dateFormat) {
          spans.append((bounds.first, bounds.last, code))
        }
      } else {
        let first = math.resolve(now: epoch, roundingUp: false).milliseconds
        let last = math.resolve(now: epoch, roundingUp: true).milliseconds
        if first <= last { spans.append((first, last, code)) }
      }
    }
    spans.sort { ($0.first, $0.code) < ($1.first, $1.code) }
    longestSpan = spans.reduce(0) { max($0, $1.last - $1.first) }
  }

  // MARK: Looking

  /// Calls `body` with the number of each value that a value of the field equals; with one of several words it may come more
  /// than once.
  public func forEachMatch(_ value: Scalar, _ body: (UInt32) -> Void) {
    switch type {
    case .keyword(let limit): whole(value, limit, body)
    case .wildcard, .constant, .version, .flattened: whole(value, .max, body)
    case .analyzed: for word in analyzer.words(value.text) { for code in words[word] ?? [] { body(code) } }
    case .integer: Number(value, isInteger: true).map { chain(numbers[$0], body) }
    case .double: Number(value, isInteger: false).map { chain(numbers[$0], body) }
    case .narrow(let kind): kind.place(value).map { chain(places[$0], body) }
    case .boolean: ValueMatcher.boolean(value).map { chain(booleans[$0], body) }
    case .date(let format): ValueMatcher.date(value, format).map { times($0.milliseconds, body) }
    case .dateNanos(let format): DateNanos.value(value, format).map { times($0, body) }
    case .ip:
      guard value.kind == .string, let address = IPAddress(value.bytes) else { return }
      let code = value.isOwnTerm(of: .ip) ? values.code(of: value) : Self.code(of: address.text, in: values)
      if code != 0 { body(code) }
      chain(addresses[address], body)
      for (bits, networks) in networks { chain(networks[address.leading(bits)], body) }
    case .dynamic, .object, .nested:
      switch value.kind {
      case .number: Number(value, isInteger: false).map { chain(numbers[$0], body) }
      case .boolean, .string: whole(value, ValueMatcher.dynamicLimit, body)
      }
    case .geoPoint, .binary: return
    }
  }

  private func whole(_ value: Scalar, _ limit: Int, _ body: (UInt32) -> Void) {
    guard ValueMatcher.isWithin(limit, value.bytes) else { return }
    let code = values.code(of: Scalar(.string, value.bytes))
    if code != 0 { body(code) }
  }

  private static func code(of text: String, in values: ValueDictionary) -> UInt32 {
    var text = text
    return text.withUTF8 { values.code(of: Scalar(.string, $0)) }
  }

  private func chain(_ head: UInt32?, _ body: (UInt32) -> Void) {
    var code = head ?? 0
    while code != 0 {
      body(code)
      code = next[Int(code)]
    }
  }

  private func times(_ time: Int64, _ body: (UInt32) -> Void) {
    var (low, high) = (0, spans.count)
    while low < high {
      let middle = (low + high) / 2
      if spans[middle].first <= time { low = middle + 1 } else { high = middle }
    }
    while low > 0 {
      low -= 1
      let (overflown, overflows) = time.subtractingReportingOverflow(longestSpan)
      if !overflows, spans[low].first < overflown { return }
      if spans[low].last >= time { body(spans[low].code) }
    }
  }

  // MARK: As a condition

  /// What holds of every event with a value in a field that equals one of some values, as a condition that is asked of columns and
  /// statistics; it may hold of others.
  ///
  /// - Parameter type: the field's.
  public static func condition(on field: String, type: FieldType, _ values: ValueDictionary) -> Predicate {
    guard values.count > 0 else { return .nothing }
    switch type {
    case .narrow, .dateNanos: return .exists(.named(field))
    case .analyzed(let analysis):
      let analyzer = TextAnalyzer(analysis)
      var words = ValueDictionary()
      for code in 1..<(UInt32(values.count) + 1) {
        for var word in analyzer.words(values.text(code)) {
          _ = word.withUTF8 { words.insert(Scalar(.string, $0)) }
        }
      }
      return words.count == 0 ? .nothing : .test(.named(field), .list(ValueList(.keyword, texts: words)))
    default: return .test(.named(field), .list(ValueList(.keyword, texts: values)))
    }
  }
}

extension IPAddress {
  /// The address with all but so many of its leading bits cleared.
  fileprivate func leading(_ bits: Int) -> IPAddress {
    let high: UInt64 = bits >= 64 ? .max : bits == 0 ? 0 : .max << UInt64(64 - bits)
    let low: UInt64 = bits <= 64 ? 0 : .max << UInt64(128 - bits)
    return IPAddress(high: self.high & high, low: self.low & low)
  }
}
