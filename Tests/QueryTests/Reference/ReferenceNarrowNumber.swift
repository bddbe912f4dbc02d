import Events
import Foundation
import JSON
import Query

/// What numbers of few bits, and those beyond 63 bits, are kept as and compare as, worked out the plain way.
enum ReferenceNarrowNumber {
  static func isKept(_ value: JSONValue, _ kind: NarrowNumber) -> Bool {
    if case .scaled = kind { return ReferenceNumber.floating(value) != nil }
    if case .bool = value { return false }
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
    }
  }

  static func passes(_ test: ValueTest, _ text: String, _ kind: NarrowNumber) -> Bool {
    guard let value = kept(text, kind) else { return false }
    switch test {
    case .match(let wanted), .phrase(let wanted), .term(let wanted): return kept(wanted, kind) == value
    case .wildcard, .termPattern, .regex, .list, .words, .sigma: return false
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
    return kind == .unsignedLong ? Decimal(string: text) : Float(text).flatMap { exact(Double($0)) }
  }

  private static let most = Decimal(string: "18446744073709551615")!

  private static func whole(_ value: Decimal) -> Bool {
    var (value, rounded) = (value, Decimal())
    NSDecimalRound(&rounded, &value, 0, .plain)
    return rounded == value
  }

  /// Short ones have few digits in the tests, so that a decimal holds them.
  private static func exact(_ value: Double) -> Decimal? { Decimal(string: "\(value)") }
}
