import Events
import Foundation

/// A test on one value, made ready for the type of one field.
enum ValueMatcher: Sendable {
  case never
  /// Any value that the type can read.
  case readable(FieldType)
  /// A keyword equal to the text.
  case equal([UInt8])
  case wildcard(WildcardMatcher, limit: Int)
  case keywordRange(lower: [UInt8]?, lowerInclusive: Bool, upper: [UInt8]?, upperInclusive: Bool, limit: Int)
  case versionRange(
    lower: SemanticVersion?, lowerInclusive: Bool, upper: SemanticVersion?, upperInclusive: Bool)
  // Words compare byte by byte: `String` takes different spellings of an accented letter as equal.
  case anyWord(Set<[UInt8]>, TextAnalyzer)
  case phrase(WordPhrase, TextAnalyzer)
  case wordWildcard([WildcardMatcher], TextAnalyzer)
  case wordRange(lower: [UInt8]?, lowerInclusive: Bool, upper: [UInt8]?, upperInclusive: Bool, TextAnalyzer)
  /// One word as it is indexed.
  case word([UInt8], TextAnalyzer)
  case number(NumberRange, isInteger: Bool)
  /// What a number is kept as, by its place among all that can be.
  case narrow(ClosedRange<Int64>, NarrowNumber)
  /// By the value's own kind: numbers, booleans, texts.
  indirect case byKind(number: ValueMatcher, boolean: ValueMatcher, text: ValueMatcher)
  case any([ValueMatcher])
  case every([ValueMatcher])
  case boolean(Bool)
  /// Milliseconds since the epoch, both ends inclusive, and how values are written.
  case date(ClosedRange<Int64>, DateFormat?)
  /// Nanoseconds since the epoch, both ends inclusive, and how values are written.
  case dateNanos(ClosedRange<Int64>, DateFormat?)
  case address(ClosedRange<IPAddress>)
  /// A keyword of a list.
  case listed(ValueList, limit: Int)
  /// A keyword between the ends of a range of a list, byte by byte.
  case textRanges(SortedRanges<TextBytes>, limit: Int)
  /// A word, as it is indexed, of a list.
  case listedWord(ValueList, TextAnalyzer)
  case addresses(AddressSet)
  case numbers(Set<Number>, isInteger: Bool)
  case dates(SortedRanges<Int64>, DateFormat?)
  case anyWordSet(WordSetIndex, TextAnalyzer)
  case regex(RegularExpression, limit: Int)
  case wordRegex(RegularExpression, TextAnalyzer)
  /// Words of a text, or a whole value that is nearly the same.
  case words(WordMatcher, limit: Int)
  case sigma(SigmaMatcher)
  /// The name of an index or of a data stream.
  case index(IndexNameTest)

  /// Lucene keeps no longer keyword than this many bytes.
  static let termLimit = 32_766

  /// True when a value passes.
  func matches(_ value: Scalar) -> Bool {
    switch self {
    case .never: false
    case .readable(let type): Self.isReadable(value, as: type)
    case .equal(let text):
      Self.isEqual(value.bytes, text)
    case .wildcard(let pattern, let limit): Self.isWithin(limit, value.bytes) && pattern.matches(value.bytes)
    case .keywordRange(let lower, let lowerInclusive, let upper, let upperInclusive, let limit):
      Self.isWithin(limit, value.bytes)
        && Self.isAbove(value.bytes, lower, lowerInclusive) && Self.isBelow(value.bytes, upper, upperInclusive)
    case .versionRange(let lower, let lowerInclusive, let upper, let upperInclusive):
      Self.isWithin(
        SemanticVersion(value.text), lower, lowerInclusive, upper, upperInclusive)
    case .anyWord(let words, let analyzer):
      words.contains { WordSearch.mayHold($0, in: value.bytes) }
        && analyzer.words(value.text).contains { words.contains(Array($0.utf8)) }
    case .phrase(let phrase, let analyzer):
      phrase.words.allSatisfy { WordSearch.mayHold($0, in: value.bytes) } && phrase.stands(in: value.text, analyzer)
    case .wordWildcard(let patterns, let analyzer):
      patterns.contains { WordSearch.mayHold($0, in: value.bytes) }
        && analyzer.words(value.text).contains { word in patterns.contains { $0.matches(word) } }
    case .wordRange(let lower, let lowerInclusive, let upper, let upperInclusive, let analyzer):
      analyzer.words(value.text).contains { word in
        Array(word.utf8).withUnsafeBufferPointer {
          Self.isAbove($0, lower, lowerInclusive) && Self.isBelow($0, upper, upperInclusive)
        }
      }
    case .number(let range, let isInteger):
      Number(value, isInteger: isInteger).map(range.contains) ?? false
    case .word(let wanted, let analyzer):
      WordSearch.mayHold(wanted, in: value.bytes)
        && analyzer.words(value.text).contains { $0.utf8.elementsEqual(wanted) }
    case .narrow(let range, let kind): kind.place(value).map(range.contains) ?? false
    case .byKind(let number, let boolean, let text):
      switch value.kind {
      case .number: number.matches(value)
      case .boolean: boolean.matches(value)
      case .string: text.matches(value)
      }
    case .any(let matchers): matchers.contains { $0.matches(value) }
    case .every(let matchers): matchers.allSatisfy { $0.matches(value) }
    case .boolean(let wanted): Self.boolean(value) == wanted
    case .date(let range, let format): Self.date(value, format).map { range.contains($0.milliseconds) } ?? false
    case .dateNanos(let range, let format): DateNanos.value(value, format).map(range.contains) ?? false
    case .address(let range): value.kind == .string && IPAddress(value.bytes).map(range.contains) ?? false
    case .listed(let list, let limit): Self.isWithin(limit, value.bytes) && list.contains(value.bytes)
    case .textRanges(let ranges, let limit):
      Self.isWithin(limit, value.bytes) && ranges.contains(TextBytes(Array(value.bytes)))
    case .listedWord(let list, let analyzer): analyzer.words(value.text).contains { list.contains($0) }
    case .addresses(let ranges):
      value.kind == .string && IPAddress(value.bytes).map(ranges.contains) ?? false
    case .numbers(let numbers, let isInteger): Number(value, isInteger: isInteger).map(numbers.contains) ?? false
    case .dates(let ranges, let format): Self.date(value, format).map { ranges.contains($0.milliseconds) } ?? false
    case .regex(let regex, let limit): Self.isWithin(limit, value.bytes) && regex.matches(value.bytes)
    case .wordRegex(let regex, let analyzer): analyzer.words(value.text).contains { regex.matches($0) }
    case .words(let matcher, let limit): Self.isWithin(limit, value.bytes) && matcher.matches(value)
    case .sigma(let matcher): matcher.matches(value)
    case .index(let names): names.matches(value.bytes)
    case .anyWordSet(let sets, let analyzer): sets.occurs(in: analyzer.words(value.text))
    }
  }

  private static func isEqual(_ value: UnsafeBufferPointer<UInt8>, _ text: [UInt8]) -> Bool {
    guard value.count == text.count, let base = value.baseAddress else { return value.count == text.count }
    return memcmp(base, text, text.count) == 0
  }

  // MARK: Reading values

  static func isReadable(_ value: Scalar, as type: FieldType) -> Bool {
    switch type {
    case .keyword(let limit): isWithin(limit, value.bytes)
    case .wildcard, .constant, .version, .flattened: true
    // A text without words is there all the same.
    case .analyzed: true
    case .integer: Number(value, isInteger: true) != nil
    case .double: Number(value, isInteger: false) != nil
    case .boolean: boolean(value) != nil
    case .date(let format): date(value, format) != nil
    case .dateNanos(let format): DateNanos.value(value, format) != nil
    case .ip: value.kind == .string && IPAddress(value.bytes) != nil
    case .narrow(let kind): kind.place(value) != nil
    case .geoPoint: true
    case .binary: false
    // A value that stands in place of an object is a field of its own kind.
    case .dynamic, .object, .nested: value.kind != .string || isWithin(dynamicLimit, value.bytes)
    }
  }

  /// How the values are written that are held against a time; nil for the usual format, and where there is none.
  var dateFormat: DateFormat? {
    switch self {
    case .date(_, let format), .dateNanos(_, let format), .dates(_, let format): format
    default: nil
    }
  }

  /// The longest text that a format is held against, in bytes.
  static let longestDate = 256

  /// The longest text, in UTF-16 units, that dynamic mapping keeps searchable.
  static let dynamicLimit = 1024

  static func boolean(_ value: Scalar) -> Bool? {
    guard value.kind != .number else { return nil }
    if value.bytes.equals("true") { return true }
    // An empty text is false.
    return value.bytes.isEmpty || value.bytes.equals("false") ? false : nil
  }

  /// The time of a value that is written in a format; nil stands for the usual one.
  static func date(_ value: Scalar, _ format: DateFormat? = nil) -> Timestamp? {
    if let format {
      guard value.kind != .boolean, value.bytes.count <= longestDate else { return nil }
      return format.read(Array(value.bytes)).map { Timestamp(milliseconds: $0.instant().milliseconds) }
    }
    switch value.kind {
    case .boolean: return nil
    // A number is read as its text is: four digits are a year.
    case .number, .string:
      if let time = Timestamp(iso8601: value.bytes) { return time }
      // Partial dates and milliseconds as text; date math is for queries only.
      guard value.bytes.count <= 40, !value.bytes.contains(UInt8(ascii: "|")), let math = try? DateMath(value.text),
        !math.isRelative
      else { return nil }
      return math.resolve(now: Timestamp(milliseconds: 0), roundingUp: false)
    }
  }

  /// `ignore_above` counts UTF-16 units; Lucene bounds the bytes of a term, save where the limit is `Int.max`.
  static func isWithin(_ limit: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    if limit == .max { return true }
    if bytes.count <= limit { return bytes.count <= termLimit }
    guard bytes.count <= termLimit, bytes.count / 3 <= limit else { return false }
    var units = 0
    for byte in bytes where byte & 0xC0 != 0x80 { units += byte >= 0xF0 ? 2 : 1 }
    return units <= limit
  }

  // MARK: Comparing

  private static func order(_ left: UnsafeBufferPointer<UInt8>, _ right: [UInt8]) -> Int {
    let common = min(left.count, right.count)
    let order = common == 0 ? 0 : Int(memcmp(left.baseAddress!, right, common))
    return order != 0 ? order : left.count - right.count
  }

  private static func isAbove(_ value: UnsafeBufferPointer<UInt8>, _ bound: [UInt8]?, _ inclusive: Bool) -> Bool {
    guard let bound else { return true }
    let order = order(value, bound)
    return order > 0 || inclusive && order == 0
  }

  private static func isBelow(_ value: UnsafeBufferPointer<UInt8>, _ bound: [UInt8]?, _ inclusive: Bool) -> Bool {
    guard let bound else { return true }
    let order = order(value, bound)
    return order < 0 || inclusive && order == 0
  }

  private static func isWithin(
    _ version: SemanticVersion, _ lower: SemanticVersion?, _ lowerInclusive: Bool, _ upper: SemanticVersion?,
    _ upperInclusive: Bool
  ) -> Bool {
    if let lower, version < lower || !lowerInclusive && version == lower { return false }
    if let upper, upper < version || !upperInclusive && version == upper { return false }
    return true
  }
}
