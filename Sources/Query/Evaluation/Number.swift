import Events
import Foundation

/// A number as queries compare it: whole numbers exactly, others as doubles.
struct Number: Hashable, Comparable, Sendable {
  private var whole: Int64?
  private var double: Double

  /// What a field of numbers keeps of a value; a field of whole numbers keeps none beyond 64 bits.
  init?(_ value: Scalar, isInteger: Bool) {
    guard value.kind != .boolean, value.bytes.count <= 64, let number = Number(value.text) else { return nil }
    self = isInteger ? number.truncated : number
    if isInteger, whole == nil { return nil }
  }

  init?(_ text: String) {
    guard !text.isEmpty, !text.contains(where: { $0.isWhitespace }) else { return nil }
    if let whole = Int64(text) {
      self.whole = whole
      double = Double(whole)
      return
    }
    // `Double` also reads hexadecimal and names, which no field takes for numbers.
    guard text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }), let double = Double(text), double.isFinite
    else { return nil }
    self.double = double
    whole = Int64(exactly: double)
  }

  /// What an integer field keeps of a number with decimals.
  private var truncated: Number {
    guard whole == nil else { return self }
    var copy = self
    copy.double = double.rounded(.towardZero)
    copy.whole = Int64(exactly: copy.double)
    return copy
  }

  /// The number, rounded where a double cannot hold it.
  var value: Double { double }

  /// The number exactly, where it is a whole one of 64 bits.
  var wholeValue: Int64? { whole }

  /// The one text of all spellings of the number.
  var term: String { whole.map { String($0) } ?? "\(double)" }

  /// True when no whole number of 64 bits is as far from 0.
  var isBeyondLong: Bool { whole == nil && double.magnitude >= 0x1p63 }

  /// True when the number has no decimals.
  var isWhole: Bool { whole != nil || double == double.rounded() }

  static func < (left: Number, right: Number) -> Bool {
    if let left = left.whole, let right = right.whole { return left < right }
    return left.double < right.double
  }

  static func == (left: Number, right: Number) -> Bool {
    if let left = left.whole, let right = right.whole { return left == right }
    return left.double == right.double
  }

  func hash(into hasher: inout Hasher) { hasher.combine(double) }
}

/// An interval of numbers.
struct NumberRange: Sendable {
  var lower: Number?
  var lowerInclusive = true
  var upper: Number?
  var upperInclusive = true

  func contains(_ number: Number) -> Bool {
    if let lower, !(lowerInclusive ? number >= lower : number > lower) { return false }
    if let upper, !(upperInclusive ? number <= upper : number < upper) { return false }
    return true
  }
}
