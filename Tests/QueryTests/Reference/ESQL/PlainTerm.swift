/// An expression of the random queries, with the type that it was made for.
struct PlainTerm {
  indirect enum Node {
    case column(String)
    case constant(PlainCell)
    case negative(PlainTerm)
    case arithmetic(String, PlainTerm, PlainTerm)
    /// A date and a span of so many units, added or taken away.
    case moved(PlainTerm, Int64, String)
    case comparison(String, PlainTerm, PlainTerm)
    case and(PlainTerm, PlainTerm)
    case or(PlainTerm, PlainTerm)
    case not(PlainTerm)
    case isNull(PlainTerm, isNegated: Bool)
    case among(PlainTerm, [PlainTerm], isNegated: Bool)
    case pattern(PlainTerm, [PlainPattern], isRegex: Bool, isNegated: Bool)
    /// `MV_LIKE` or `MV_RLIKE`: some value fits.
    case somePattern(PlainTerm, PlainPattern, isRegex: Bool)
    /// `MV_GREATER` or `MV_LESS`: some value lies beyond another one, or is it.
    case beyond(String, PlainTerm, PlainTerm, includes: Bool?)
    case call(String, [PlainTerm])
    /// A function whose first argument is a text that is no expression, such as a unit.
    case unit(String, String, [PlainTerm])
    case cast(PlainTerm)
  }

  var node: Node
  var type: PlainType

  init(_ node: Node, _ type: PlainType) { (self.node, self.type) = (node, type) }

  /// As it stands in a query.
  var text: String {
    switch node {
    case .column(let name): return name
    case .constant(let cell): return Self.text(cell, type)
    case .negative(let term): return "(-\(term.text))"
    case .arithmetic(let sign, let left, let right): return "(\(left.text) \(sign) \(right.text))"
    case .moved(let date, let count, let unit):
      return "(\(date.text) \(count < 0 ? "-" : "+") \(abs(count)) \(unit))"
    case .comparison(let sign, let left, let right): return "(\(left.text) \(sign) \(right.text))"
    case .and(let left, let right): return "(\(left.text) AND \(right.text))"
    case .or(let left, let right): return "(\(left.text) OR \(right.text))"
    case .not(let term): return "(NOT \(term.text))"
    case .isNull(let term, let isNegated): return "(\(term.text) IS \(isNegated ? "NOT " : "")NULL)"
    case .among(let term, let list, let isNegated):
      return "(\(term.text) \(isNegated ? "NOT " : "")IN (\(list.map(\.text).joined(separator: ", "))))"
    case .pattern(let term, let patterns, let isRegex, let isNegated):
      let written = patterns.map { "\"\"\"\(isRegex ? $0.regex : $0.like)\"\"\"" }
      return "(\(term.text) \(isNegated ? "NOT " : "")\(isRegex ? "RLIKE" : "LIKE") "
        + (written.count == 1 ? written[0] : "(\(written.joined(separator: ", ")))") + ")"
    case .somePattern(let term, let pattern, let isRegex):
      return "MV_\(isRegex ? "RLIKE" : "LIKE")(\(term.text), \"\"\"\(isRegex ? pattern.regex : pattern.like)\"\"\")"
    case .beyond(let name, let term, let bound, let includes):
      let option = includes.map { ", {\"include_bound\": \($0)}" } ?? ""
      return "\(name)(\(term.text), \(bound.text)\(option))"
    case .call(let name, let arguments): return "\(name)(\(arguments.map(\.text).joined(separator: ", ")))"
    case .unit(let name, let unit, let arguments):
      return "\(name)(\(unit), \(arguments.map(\.text).joined(separator: ", ")))"
    case .cast(let term):
      if case .constant(let cell) = term.node, cell.count != 1 { return "TO_\(Self.conversion(type))(\(term.text))" }
      return "(\(term.text))::\(type.rawValue)"
    }
  }

  static func conversion(_ type: PlainType) -> String {
    switch type {
    case .keyword: "STRING"
    case .date: "DATETIME"
    default: type.rawValue.uppercased()
    }
  }

  private static func text(_ cell: PlainCell, _ type: PlainType) -> String {
    func one(_ value: Plain) -> String {
      switch value {
      case .flag(let flag): return flag ? "true" : "false"
      case .whole(let number):
        if type == .date { return "\"\(PlainDate.text(number))\"" }
        return String(number)
      case .real(let number): return PlainText.double(number)
      case .text(let text):
        return "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n"))\""
      case .address(let text, _): return "\"\(text)\""
      }
    }
    let written = cell.count == 1 ? one(cell[0]) : "[\(cell.map(one).joined(separator: ", "))]"
    if cell.isEmpty { return "null::\(type.rawValue)" }
    // Dates and addresses are written as texts; small numbers are integers, also where longs are meant.
    switch type {
    case .date, .ip: return cell.count == 1 ? "\(written)::\(type.rawValue)" : "TO_\(conversion(type))(\(written))"
    case .long: return cell.count == 1 ? "(\(written))::long" : "TO_LONG(\(written))"
    default: return cell.count == 1 && written.hasPrefix("-") ? "(\(written))" : written
    }
  }
}

/// A pattern of LIKE or RLIKE in pieces: what one sign may be, and how often it stands.
struct PlainPattern {
  /// Nil stands for any sign.
  var pieces: [(signs: [Character]?, many: Bool, none: Bool)]

  /// `*` is any run, `?` any sign; pieces of the latter have no repeats of signs.
  var like: String {
    pieces.map { piece in
      guard let signs = piece.signs else { return piece.many ? "*" : "?" }
      return "*?\\".contains(signs[0]) ? "\\\(signs[0])" : String(signs[0])
    }.joined()
  }

  var regex: String {
    pieces.map { piece in
      var sign = "."
      if let signs = piece.signs {
        let written = signs.map { $0.isLetter || $0.isNumber ? String($0) : "\\\($0)" }
        sign = written.count == 1 ? written[0] : "[\(written.joined())]"
      }
      return sign + (piece.many ? (piece.none ? "*" : "+") : piece.none ? "?" : "")
    }.joined()
  }

  /// Whether a whole text fits.
  func matches(_ text: String) -> Bool { fits(pieces[...], Array(text)[...]) }

  private func fits(
    _ pieces: ArraySlice<(signs: [Character]?, many: Bool, none: Bool)>, _ text: ArraySlice<Character>
  ) -> Bool {
    guard let piece = pieces.first else { return text.isEmpty }
    if piece.none, fits(pieces.dropFirst(), text) { return true }
    guard let sign = text.first, piece.signs?.contains(sign) ?? true else { return false }
    if fits(pieces.dropFirst(), text.dropFirst()) { return true }
    return piece.many && fits(pieces, text.dropFirst())
  }
}

enum PlainText {
  /// A double as Java writes it.
  static func double(_ value: Double) -> String {
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    if abs(value) >= 1e-3, abs(value) < 1e7 { return "\(value)" }
    // Swift writes all digits up to 2^53: they are moved behind the point.
    var (digits, exponent) = ("\(abs(value))", 0)
    if let sign = digits.firstIndex(of: "e") {
      exponent = Int(digits[digits.index(after: sign)...]) ?? 0
      digits = String(digits[..<sign])
    }
    var parts = digits.split(separator: ".").map(String.init)
    if parts.count == 1 { parts.append("0") }
    exponent += parts[0].count - 1
    var all = parts[0] + parts[1]
    while all.count > 1, all.first == "0" {
      all.removeFirst()
      exponent -= 1
    }
    while all.count > 1, all.last == "0" { all.removeLast() }
    let rest = all.dropFirst()
    return "\(value < 0 ? "-" : "")\(all.prefix(1)).\(rest.isEmpty ? "0" : String(rest))E\(exponent)"
  }
}
