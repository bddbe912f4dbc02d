import Events
import Foundation
import JSON
import Query

/// What numbers of few bits, and those beyond 63 bits, are kept as and compare as, worked out the plain way.
enum ReferenceNarrowNumber {
  static func isKept(_ value: JSONValue, _ kind: NarrowNumber) -> Bool {
    if case .scaled = kind { return ReferenceNumber.floating(value) != nil }
    if case .bool = value { return false }
    if case .whole = kind {
      return ReferenceNumber.whole(value).map { kept(String($0), kind) != nil } ?? false
    }
    return ReferenceValue.text(value).map { kept($0, kind) != nil } ?? false
  }

  /// The value that a field keeps, exactly; nil for none.
  static func kept(_ text: String, _ kind: NarrowNumber) -> Decimal? {
    guard ReferenceNumber.isNumber(text) else { return nil }
    switch kind {
    case .scaled: return nil
    case .float: return Float(text).flatMap { $0.isFinite ? exact(Double($0)) : nil }
    case .halfFloat:
      guard let half = Float(text).map({ Float16($0) }), half.isFinite else { return nil }
      return exact(Double(half))
    case .unsignedLong:
      guard let value = Decimal(string: text), value >= 0, value <= most, whole(value) else { return nil }
      return value
    case .whole(let bits):
      guard let value = Decimal(string: text), whole(value), (-half(bits)..<half(bits)).contains(value) else {
        return nil
      }
      return value
    }
  }

  static func passes(_ test: ValueTest, _ text: String, _ kind: NarrowNumber) -> Bool {
    var text = text
    // Decimals of an event are cut off, those of a query are not.
    if case .whole = kind { text = ReferenceNumber.whole(.string(text)).map(String.init) ?? "" }
    guard let value = kept(text, kind) else { return false }
    switch test {
    case .match(let wanted), .phrase(let wanted), .term(let wanted): return kept(wanted, kind) == value
    case .wildcard, .termPattern, .regex, .list, .words, .sigma, .inZone: return false
    case .range(let lower, let upper):
      for (bound, isLower) in [(lower, true), (upper, false)] {
        guard let bound else { continue }
        guard let limit = limit(bound.value, kind) else { return false }
        if bound.inclusive && limit == value { continue }
        guard isLower ? value > limit : value < limit else { return false }
      }
      return true
    }
  }

  /// A bound is read as a 32-bit number by both kinds of short ones.
  private static func limit(_ text: String, _ kind: NarrowNumber) -> Decimal? {
    guard ReferenceNumber.isNumber(text) else { return nil }
    switch kind {
    case .unsignedLong, .whole: return Decimal(string: text)
    default: return Float(text).flatMap { exact(Double($0)) }
    }
  }

  private static func half(_ bits: Int) -> Decimal { Decimal(1 << (bits - 1)) }

  private static let most = Decimal(string: "18446744073709551615")!

  private static func whole(_ value: Decimal) -> Bool {
    var (value, rounded) = (value, Decimal())
    NSDecimalRound(&rounded, &value, 0, .plain)
    return rounded == value
  }

  /// Short ones have few digits in the tests, so that a decimal holds them.
  private static func exact(_ value: Double) -> Decimal? { Decimal(string: "\(value)") }
}
