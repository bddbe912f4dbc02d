import Events

extension ValueMatcher {
  /// Makes a test ready for a field's type. A value that the type cannot read matches nothing there.
  ///
  /// - Parameter partsBlanks: the blanks of a pattern part alternatives on keywords too, as they do for a value without a
  ///   field and below a flattened field.
  init(_ test: ValueTest, type: FieldType, now: Timestamp, partsBlanks: Bool = false) {
    if case .wildcard(let pattern) = test {
      self = Self.pattern(pattern, type: type, now: now, partsBlanks: partsBlanks)
      return
    }
    if case .words(let asked) = test {
      self = ValueMatcher(asked, type: type, now: now)
      return
    }
    if case .sigma(let asked) = test {
      self = .sigma(SigmaMatcher(asked))
      return
    }
    if case .inZone(let inner, _) = test {
      self = ValueMatcher(type.holdsTimes ? test.asRange : inner, type: type, now: now, partsBlanks: partsBlanks)
      return
    }
    switch type {
    case .keyword(let limit): self = Self.keyword(test, limit: limit)
    case .wildcard, .constant: self = Self.keyword(test, limit: .max)
    case .version:
      guard case .range(let lower, let upper) = test else {
        self = Self.keyword(test, limit: .max)
        return
      }
      self = .versionRange(
        lower: lower.map { SemanticVersion($0.value) }, lowerInclusive: lower?.inclusive ?? true,
        upper: upper.map { SemanticVersion($0.value) }, upperInclusive: upper?.inclusive ?? true)
    case .flattened: self = Self.keyword(test, limit: .max)
    case .analyzed(let analysis): self = Self.text(test, analysis)
    case .integer: self = Self.number(test, isInteger: true)
    case .double: self = Self.number(test, isInteger: false)
    case .narrow(let kind): self = Self.narrow(test, kind)
    case .boolean: self = Self.boolean(test)
    case .date(let format): self = Self.date(test, format, now: now)
    case .dateNanos(let format): self = Self.dateNanos(test, format, now: now)
    case .ip: self = Self.address(test)
    case .geoPoint, .binary: self = .never
    // A value that stands in place of an object is a field of its own kind.
    case .dynamic, .object, .nested:
      self = .byKind(
        number: Self.number(test, isInteger: false), boolean: Self.boolean(test),
        text: Self.keyword(test, limit: Self.dynamicLimit))
    }
  }

  /// A pattern of KQL: whole on a keyword; elsewhere blanks part it into alternatives.
  private static func pattern(
    _ pattern: WildcardPattern, type: FieldType, now: Timestamp, partsBlanks: Bool
  ) -> ValueMatcher {
    let isWhole =
      switch type {
      case .keyword, .wildcard, .constant, .version, .dynamic, .object, .nested: !partsBlanks;
      default: false
      }
    if isWhole { return piece(pattern, type: type) }
    let alternatives = pattern.alternatives ?? (pattern.parts.isEmpty ? [] : [pattern])
    let matchers = alternatives.map { alternative -> ValueMatcher in
      if alternative.matchesEverything { return .readable(type) }
      if let text = alternative.plainText { return ValueMatcher(.match(text), type: type, now: now) }
      return piece(alternative, type: type)
    }
    return matchers.count == 1 ? matchers[0] : .any(matchers)
  }

  /// A pattern that is held against whole values or, of a text, against words.
  private static func piece(_ pattern: WildcardPattern, type: FieldType) -> ValueMatcher {
    switch type {
    case .keyword(let limit): return .wildcard(WildcardMatcher(pattern), limit: limit)
    case .wildcard, .constant, .version, .flattened: return .wildcard(WildcardMatcher(pattern), limit: .max)
    case .dynamic, .object, .nested:
      return .byKind(
        number: .never, boolean: .never, text: .wildcard(WildcardMatcher(pattern), limit: dynamicLimit))
    // A pattern is brought to the form of words, mostly lower case; a bound is not.
    case .analyzed(let analysis):
      let analyzer = TextAnalyzer(analysis)
      let parts = pattern.parts.map { $0.normalized(analyzer) }
      return .wordWildcard([WildcardMatcher(WildcardPattern(parts))], analyzer)
    case .integer, .double, .narrow, .boolean, .date, .dateNanos, .ip, .geoPoint, .binary: return .never
    }
  }

  private static func keyword(_ test: ValueTest, limit: Int) -> ValueMatcher {
    switch test {
    case .match(let text), .phrase(let text), .term(let text):
      var copy = text
      return copy.withUTF8 { isWithin(limit, $0) } ? .equal(Array(text.utf8)) : .never
    case .wildcard(let pattern), .termPattern(let pattern): return .wildcard(WildcardMatcher(pattern), limit: limit)
    case .regex(let regex): return .regex(regex, limit: limit)
    // What stands in a zone was brought to a test without one.
    case .words, .inZone: return .never
    case .sigma(let asked): return .sigma(SigmaMatcher(asked))
    case .range(let lower, let upper):
      return .keywordRange(
        lower: lower.map { Array($0.value.utf8) }, lowerInclusive: lower?.inclusive ?? true,
        upper: upper.map { Array($0.value.utf8) }, upperInclusive: upper?.inclusive ?? true, limit: limit)
    case .list(let list):
      switch list.kind {
      case .keyword, .text, .ip: return .listed(list, limit: limit)
      // As Kibana asks for them: a range by its ends, which are texts here, all else as a text.
      case .ipRange:
        return list.textRanges.isEmpty
          ? .listed(list, limit: limit)
          : .any([.listed(list, limit: limit), .textRanges(list.textRanges, limit: limit)])
      }
    }
  }

  private static func text(_ test: ValueTest, _ analysis: TextAnalysis) -> ValueMatcher {
    let analyzer = TextAnalyzer(analysis)
    switch test {
    case .match(let text):
      let words = analyzer.words(text)
      return words.isEmpty ? .never : .anyWord(Set(words.map { Array($0.utf8) }), analyzer)
    case .phrase(let text): return WordPhrase(text, analyzer).map { .phrase($0, analyzer) } ?? .never
    case .term(let text): return .word(Array(text.utf8), analyzer)
    case .wildcard(let pattern), .termPattern(let pattern):
      return .wordWildcard([WildcardMatcher(pattern)], analyzer)
    case .regex(let regex): return .wordRegex(regex, analyzer)
    // What stands in a zone was brought to a test without one.
    case .words, .inZone: return .never
    case .sigma(let asked): return .sigma(SigmaMatcher(asked))
    case .range(let lower, let upper):
      return .wordRange(
        lower: lower.map { $0.word(analyzer) }, lowerInclusive: lower?.inclusive ?? true,
        upper: upper.map { $0.word(analyzer) }, upperInclusive: upper?.inclusive ?? true, analyzer)
    case .list(let list):
      switch list.kind {
      case .text:
        let sets = list.wordSets(analysis)
        return sets.isEmpty ? .never : .anyWordSet(sets, analyzer)
      case .keyword, .ip, .ipRange: return .listedWord(list, analyzer)
      }
    }
  }

  private static func narrow(_ test: ValueTest, _ kind: NarrowNumber) -> ValueMatcher {
    switch test {
    case .match(let text), .phrase(let text), .term(let text):
      return kind.place(of: text).map { .narrow($0...$0, kind) } ?? .never
    case .wildcard, .termPattern, .regex, .words, .sigma, .inZone: return .never
    case .range(let lower, let upper): return kind.places(lower, upper).map { .narrow($0, kind) } ?? .never
    case .list(let list):
      guard !list.holdsAddresses else { return .never }
      let places = list.values.compactMap { kind.place(of: $0) }
      return places.isEmpty ? .never : .any(places.map { .narrow($0...$0, kind) })
    }
  }

  private static func dateNanos(_ test: ValueTest, _ format: DateFormat?, now: Timestamp) -> ValueMatcher {
    switch test {
    case .match(let text), .phrase(let text), .term(let text):
      guard let bounds = DateNanos.bounds(text, now: now, nil, format) else { return .never }
      return .dateNanos(bounds.first...bounds.last, format)
    case .wildcard, .termPattern, .regex, .words, .sigma, .inZone: return .never
    case .range(let lower, let upper):
      var range = (first: Int64.min, last: Int64.max)
      if let lower {
        guard let bounds = DateNanos.bounds(lower.value, now: now, lower.zone, lower.format ?? format) else {
          return .never
        }
        range.first = lower.inclusive ? bounds.first : bounds.last &+ 1
      }
      if let upper {
        guard let bounds = DateNanos.bounds(upper.value, now: now, upper.zone, upper.format ?? format) else {
          return .never
        }
        range.last = upper.inclusive ? bounds.last : bounds.first &- 1
      }
      return range.first <= range.last ? .dateNanos(range.first...range.last, format) : .never
    case .list(let list):
      let matchers = list.holdsAddresses ? [] : list.values.map { dateNanos(.phrase($0), format, now: now) }
      return matchers.isEmpty ? .never : .any(matchers)
    }
  }

  private static func number(_ test: ValueTest, isInteger: Bool) -> ValueMatcher {
    switch test {
    case .match(let text), .phrase(let text), .term(let text):
      guard let number = Number(text), !isInteger || number.isWhole && !number.isBeyondLong else { return .never }
      return .number(NumberRange(lower: number, upper: number), isInteger: isInteger)
    case .wildcard, .termPattern, .regex, .words, .sigma, .inZone: return .never
    case .range(let lower, let upper):
      var range = NumberRange(lowerInclusive: lower?.inclusive ?? true, upperInclusive: upper?.inclusive ?? true)
      if let lower {
        guard let number = Number(lower.value) else { return .never }
        range.lower = number
      }
      if let upper {
        guard let number = Number(upper.value) else { return .never }
        range.upper = number
      }
      return .number(range, isInteger: isInteger)
    case .list(let list):
      let numbers = list.holdsAddresses ? [] : list.numbers(isInteger: isInteger)
      return numbers.isEmpty ? .never : .numbers(numbers, isInteger: isInteger)
    }
  }

  private static func boolean(_ test: ValueTest) -> ValueMatcher {
    switch test {
    case .match("true"), .phrase("true"), .term("true"): .boolean(true)
    case .match("false"), .phrase("false"), .term("false"): .boolean(false)
    case .range(let lower, let upper): booleanRange(lower, upper)
    case .list(let list): booleans(list)
    case .match, .phrase, .term, .wildcard, .termPattern, .regex, .words, .sigma, .inZone: .never
    }
  }

  private static func booleans(_ list: ValueList) -> ValueMatcher {
    guard !list.holdsAddresses else { return .never }
    switch (list.contains("true"), list.contains("false")) {
    case (true, true): return .readable(.boolean)
    case (false, false): return .never
    case (let isTrue, _): return .boolean(isTrue)
    }
  }

  /// False stands before true.
  private static func booleanRange(_ lower: RangeBound?, _ upper: RangeBound?) -> ValueMatcher {
    let order = ["false": 0, "true": 1]
    var first = 0
    var last = 1
    if let lower {
      guard let place = order[lower.value] else { return .never }
      first = lower.inclusive ? place : place + 1
    }
    if let upper {
      guard let place = order[upper.value] else { return .never }
      last = upper.inclusive ? place : place - 1
    }
    guard first <= last else { return .never }
    return first == last ? .boolean(first == 1) : .readable(.boolean)
  }

  private static func date(_ test: ValueTest, _ format: DateFormat?, now: Timestamp) -> ValueMatcher {
    func resolve(_ text: String, _ format: DateFormat?, up: Bool) -> Int64? {
      try? DateMath(text, format).resolve(now: now, roundingUp: up).milliseconds
    }
    func resolve(_ text: String, up: Bool) -> Int64? { resolve(text, format, up: up) }
    func resolve(_ bound: RangeBound, up: Bool) -> Int64? {
      let format = bound.format ?? format
      guard let zone = bound.zone else { return resolve(bound.value, format, up: up) }
      return zone.resolve(bound.value, format, now: now, roundingUp: up)
    }
    switch test {
    case .match(let text), .phrase(let text), .term(let text):
      guard let first = resolve(text, up: false), let last = resolve(text, up: true), first <= last else {
        return .never
      }
      return .date(first...last, format)
    case .wildcard, .termPattern, .regex, .words, .sigma, .inZone: return .never
    case .range(let lower, let upper):
      // Rounding: the start of the unit for gte and lt, its end for gt and lte.
      var range = (first: Int64.min, last: Int64.max)
      if let lower {
        guard let bound = resolve(lower, up: !lower.inclusive) else { return .never }
        range.first = lower.inclusive ? bound : bound &+ 1
      }
      if let upper {
        guard let bound = resolve(upper, up: upper.inclusive) else { return .never }
        range.last = upper.inclusive ? bound : bound &- 1
      }
      return range.first <= range.last ? .date(range.first...range.last, format) : .never
    case .list(let list):
      guard !list.holdsAddresses else { return .never }
      if format != nil {
        let matchers = list.values.map { date(.phrase($0), format, now: now) }
        return matchers.isEmpty ? .never : .any(matchers)
      }
      return list.dates.isEmpty ? .never : .dates(list.dates, nil)
    }
  }

  private static let lowestAddress = IPAddress(high: 0, low: 0)
  private static let highestAddress = IPAddress(high: .max, low: .max)

  private static func address(_ test: ValueTest) -> ValueMatcher {
    switch test {
    case .match(let text), .phrase(let text), .term(let text):
      if let address = IPAddress(text) { return .address(address...address) }
      return IPAddress.range(cidr: text).map { .address($0) } ?? .never
    case .wildcard, .termPattern, .regex, .words, .sigma, .inZone: return .never
    case .range(let lower, let upper):
      var first = lowestAddress
      var last = highestAddress
      if let lower {
        guard let address = IPAddress(lower.value), let start = lower.inclusive ? address : address.next else {
          return .never
        }
        first = start
      }
      if let upper {
        guard let address = IPAddress(upper.value), let end = upper.inclusive ? address : address.previous else {
          return .never
        }
        last = end
      }
      return first <= last ? .address(first...last) : .never
    case .list(let list): return list.addresses.isEmpty ? .never : .addresses(list.addresses)
    }
  }
}

extension RangeBound {
  /// What the words of a text are compared with.
  fileprivate func word(_ analyzer: TextAnalyzer) -> [UInt8] {
    Array((isLowered ? analyzer.normalized(value) : value).utf8)
  }
}

extension WildcardPattern.Part {
  fileprivate func normalized(_ analyzer: TextAnalyzer) -> WildcardPattern.Part {
    if case .literal(let text) = self { .literal(analyzer.normalized(text)) } else { self }
  }
}

extension IPAddress {
  fileprivate var next: IPAddress? {
    let (low, carries) = low.addingReportingOverflow(1)
    guard carries else { return IPAddress(high: high, low: low) }
    let (high, overflows) = high.addingReportingOverflow(1)
    return overflows ? nil : IPAddress(high: high, low: low)
  }

  fileprivate var previous: IPAddress? {
    let (low, borrows) = low.subtractingReportingOverflow(1)
    guard borrows else { return IPAddress(high: high, low: low) }
    let (high, overflows) = high.subtractingReportingOverflow(1)
    return overflows ? nil : IPAddress(high: high, low: low)
  }
}
