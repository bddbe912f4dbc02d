import CRe2
import Events
import Foundation

/// What Sigma asks of one value of a field. Unlike the tests of other languages it is asked of the value as it came,
/// whatever the type of its field.
public enum SigmaTest: Hashable, Sendable {
  /// There is a value, the empty text included.
  case present
  /// The whole value fits a pattern; numbers by their text, or, where the pattern is a plain number, as numbers.
  case pattern(WildcardPattern)
  /// A number, or its text.
  case number(String)
  case boolean(Bool)
  case regex(SigmaRegex)
  /// An address within a network.
  case network(String)
  case comparison(ComparisonOperator, String)
  /// A part of a date, in UTC.
  case part(TimePart, ComparisonOperator, Int)

  public enum TimePart: String, CaseIterable, Hashable, Sendable {
    case minute, hour, day, week, month, year
  }

  /// True of a value that passes.
  public func matches(_ value: Scalar) -> Bool { SigmaMatcher(self).matches(value) }

  /// True where a value that a conversion to ECS takes for none passes: an empty text, a dash, the word none.
  var takesEmptyValues: Bool {
    let matcher = SigmaMatcher(self)
    return ["", "-", "none", "None", "NONE"].contains { text in
      var text = text
      return text.withUTF8 { matcher.matches(Scalar(.string, $0)) }
    }
  }

  /// The test in words that tell it from any other.
  public var text: String {
    switch self {
    case .present: "*"
    case .pattern(let pattern): (pattern.ignoresCase ? "~" : "=") + pattern.written
    case .number(let text): "#" + text
    case .boolean(let flag): flag ? "true" : "false"
    case .regex(let regex): "/\(regex.pattern)/\(regex.flags)"
    case .network(let text): "in " + text
    case .comparison(let kind, let text): "\(kind.rawValue) \(text)"
    case .part(let part, let kind, let number): "\(part.rawValue) \(kind.rawValue) \(number)"
    }
  }
}

extension WildcardPattern {
  /// The pattern with plain wildcards and backslashes escaped.
  var written: String {
    parts.map { part in
      switch part {
      case .literal(let text):
        text.replacing("\\", with: "\\\\").replacing("*", with: "\\*").replacing("?", with: "\\?")
      case .anyRun: "*"
      case .anyCharacter: "?"
      }
    }.joined()
  }
}

/// A regular expression as Sigma's `re` has it: found anywhere in a value.
public final class SigmaRegex: Sendable, Hashable {
  public let pattern: String
  /// Of `i`, `m` and `s`.
  public let flags: String
  private let compiled: Compiled

  private final class Compiled: @unchecked Sendable {
    let pointer: OpaquePointer
    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { martlet_re2_destroy(pointer) }
  }

  public struct Fault: Error {
    public var message: String
    /// True where the expression is right, and RE2 cannot do it.
    public var isUnsupported = false
  }

  private static let memory: Int64 = 8 << 20
  private static let mostBytes = 16_384

  /// Throws where RE2 cannot do it: it has no looking ahead or behind and no references back.
  public init(_ pattern: String, flags: String = "") throws(Fault) {
    self.pattern = pattern
    self.flags = String(flags.sorted())
    guard pattern.utf8.count <= Self.mostBytes else {
      throw Fault(message: "the regular expression has more than \(Self.mostBytes) bytes")
    }
    func compile(_ text: String) -> (Compiled?, String) {
      var error = [CChar](repeating: 0, count: 256)
      var text = text
      let pointer = text.withUTF8 {
        martlet_re2_create($0.baseAddress, $0.count, Self.memory, &error, error.count)
      }
      let words = String(decoding: error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return (pointer.map { Compiled($0) }, words)
    }
    let flag = (flags.contains("i") ? "i" : "") + (flags.contains("m") ? "m" : "") + (flags.contains("s") ? "s" : "")
    let own = (flag.isEmpty ? "" : "(?\(flag))") + (flags.contains("s") ? "" : "(?-s)") + pattern
    // By itself first: what is put around it must not close what it leaves open.
    let (alone, words) = compile(own)
    guard alone != nil else { throw Self.fault(pattern, words) }
    let (whole, other) = compile("(?s:.*?)(?:\(own))(?s:.*)")
    guard let whole else { throw Self.fault(pattern, other) }
    compiled = whole
  }

  private static func fault(_ pattern: String, _ words: String) -> Fault {
    for (sign, name) in [
      ("(?=", "looking ahead"), ("(?!", "looking ahead"), ("(?<=", "looking behind"), ("(?<!", "looking behind"),
      ("(?>", "atomic groups"), ("(?R", "recursion"),
    ] where pattern.contains(sign) {
      return Fault(
        message: "the regular expression uses \(name) (`\(sign)`), which is not supported, since its cost has no bound",
        isUnsupported: true)
    }
    if pattern.contains(#/\\[1-9]/#) {
      return Fault(
        message: "the regular expression refers back to a group, which is not supported", isUnsupported: true)
    }
    return Fault(
      message: "the regular expression cannot be read: \(words.isEmpty ? "it takes too much memory" : words)")
  }

  func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    martlet_re2_matches(compiled.pointer, text.baseAddress, text.count) == 1
  }

  public static func == (left: SigmaRegex, right: SigmaRegex) -> Bool {
    Value.equal(left.pattern, right.pattern) && left.flags == right.flags
  }
  public func hash(into hasher: inout Hasher) {
    hasher.combine(Value.text(pattern))
    hasher.combine(flags)
  }
}

/// A `SigmaTest` made ready.
struct SigmaMatcher: Sendable {
  private enum Kind: Sendable {
    case present
    case pattern(WildcardMatcher, number: Number?)
    case number(Number?, [UInt8])
    case boolean([UInt8])
    case regex(SigmaRegex)
    /// Addresses of version 4 are in no network of version 6; those that version 6 writes for them are in theirs.
    case network(ClosedRange<IPAddress>?, isSix: Bool)
    case comparison(ComparisonOperator, Number?)
    case part(SigmaTest.TimePart, ComparisonOperator, Int)
  }

  private let kind: Kind

  init(_ test: SigmaTest) {
    switch test {
    case .present: kind = .present
    case .pattern(let pattern):
      kind = .pattern(WildcardMatcher(pattern), number: pattern.plainText.flatMap { Number($0) })
    case .number(let text): kind = .number(Number(text), Array(text.utf8))
    case .boolean(let flag): kind = .boolean(Array((flag ? "true" : "false").utf8))
    case .regex(let regex): kind = .regex(regex)
    case .network(let text):
      kind = .network(IPAddress.range(cidr: text) ?? IPAddress(text).map { $0...$0 }, isSix: text.contains(":"))
    case .comparison(let comparison, let text): kind = .comparison(comparison, Number(text))
    case .part(let part, let comparison, let number): kind = .part(part, comparison, number)
    }
  }

  func matches(_ value: Scalar) -> Bool {
    switch kind {
    case .present: return true
    case .pattern(let matcher, let number):
      if matcher.matches(value.bytes) { return true }
      guard value.kind == .number, let number else { return false }
      return Number(value, isInteger: false) == number
    case .number(let number, let text):
      if value.kind == .number { return Number(value, isInteger: false) == number }
      return value.kind == .string && value.bytes.elementsEqual(text)
    case .boolean(let text):
      guard value.kind != .number, value.bytes.count == text.count else { return false }
      return zip(value.bytes, text).allSatisfy { $0 | 0x20 == $1 }
    case .regex(let regex): return regex.matches(value.bytes)
    case .network(let range, let isSix):
      guard value.kind == .string, let range, !isSix || value.bytes.contains(UInt8(ascii: ":")),
        let address = IPAddress(value.bytes)
      else { return false }
      return range.contains(address)
    case .comparison(let comparison, let number):
      guard let number, let other = Number(value, isInteger: false) else { return false }
      return comparison.holds(other < number ? -1 : other == number ? 0 : 1)
    case .part(let part, let comparison, let number):
      guard let time = ValueMatcher.date(value) else { return false }
      let found = Self.part(part, of: time)
      return comparison.holds(found < number ? -1 : found == number ? 0 : 1)
    }
  }

  /// A part of a time in UTC; weeks are those of ISO 8601.
  private static func part(_ part: SigmaTest.TimePart, of time: Timestamp) -> Int {
    let seconds = Int(time.milliseconds >= 0 ? time.milliseconds / 1000 : -((999 - time.milliseconds) / 1000))
    var clock = time_t(seconds)
    var parts = tm()
    gmtime_r(&clock, &parts)
    switch part {
    case .minute: return Int(parts.tm_min)
    case .hour: return Int(parts.tm_hour)
    case .day: return Int(parts.tm_mday)
    case .month: return Int(parts.tm_mon) + 1
    case .year: return Int(parts.tm_year) + 1900
    case .week:
      // The week belongs to the year of its Thursday.
      let weekday = (Int(parts.tm_wday) + 6) % 7
      var thursday = time_t(seconds + (3 - weekday) * 86_400)
      var day = tm()
      gmtime_r(&thursday, &day)
      return Int(day.tm_yday) / 7 + 1
    }
  }
}

extension SigmaMatcher {
  /// Texts in lower case all of which stand in every value that passes; nil where that cannot be said.
  var literals: [[UInt8]]? {
    guard case .pattern(let matcher, nil) = kind else { return nil }
    return matcher.literals.map { Array(TextAnalyzer.lowered(String(decoding: $0, as: UTF8.self)).utf8) }
  }
}

extension SigmaTest {
  /// The one value that is asked for, where there is such.
  var plainText: String? {
    switch self {
    case .pattern(let pattern): pattern.plainText
    case .number(let text): text
    case .boolean(let flag): flag ? "true" : "false"
    case .present, .regex, .network, .comparison, .part: nil
    }
  }

  /// True of a test that few values pass.
  public var isOfFewValues: Bool {
    if case .pattern(let pattern) = self { return pattern.parts.first != .anyRun }
    return plainText != nil
  }

  /// What is asked of a field, in words.
  func clause(negated: Bool, _ pattern: (WildcardPattern) -> String) -> String {
    let not = negated ? "not " : ""
    switch self {
    case .present: return negated ? "has no value" : "has a value"
    case .pattern(let asked): return pattern(asked)
    case .number, .boolean: return ""
    case .regex(let regex):
      return "\(negated ? "does not fit" : "fits") the regular expression “\(regex.pattern)”"
        + (regex.flags.contains("i") ? ", in upper or lower case" : "")
    case .network(let text): return "is \(not)in the network \(text)"
    case .comparison(let kind, let text): return "is \(not)\(kind.rawValue) \(text)"
    case .part(let part, let kind, let number): return "is \(not)at a \(part.rawValue) \(kind.rawValue) \(number)"
    }
  }
}
