/// Evaluates expressions over one row, one operator after the other.
struct PlainEvaluation {
  /// What was made null, in the words of Elasticsearch's warnings.
  var warnings: Set<String> = []

  static let several = "single-value function encountered multi-value"

  mutating func value(_ term: PlainTerm, _ row: [String: PlainCell]) -> PlainCell {
    switch term.node {
    case .column(let name): return row[name] ?? []
    case .constant(let cell): return cell
    case .negative(let inner):
      return ordinary([inner], row) { values in
        if case .real(let number) = values[0] { return [.real(-number)] }
        return Self.fitting(0 - Int128(values[0].whole), term.type)
      }
    case .arithmetic(let sign, let left, let right):
      return ordinary([left, right], row) { Self.arithmetic(sign, $0[0], $0[1], term.type) }
    case .moved(let date, let count, let unit):
      return ordinary([date], row) { [.whole(Self.moved($0[0].whole, count, unit))] }
    case .comparison(let sign, let left, let right):
      return ordinary([left, right], row) { values in
        let order = values[0].order(values[1])
        switch sign {
        case "==": return [.flag(order == 0)]
        case "!=": return [.flag(order != 0)]
        case "<": return [.flag(order < 0)]
        case "<=": return [.flag(order <= 0)]
        case ">": return [.flag(order > 0)]
        default: return [.flag(order >= 0)]
        }
      }
    case .and(let left, let right):
      let (left, right) = (truth(left, row), truth(right, row))
      if left == false || right == false { return [.flag(false)] }
      return left == nil || right == nil ? [] : [.flag(true)]
    case .or(let left, let right):
      let (left, right) = (truth(left, row), truth(right, row))
      if left == true || right == true { return [.flag(true)] }
      return left == nil || right == nil ? [] : [.flag(false)]
    case .not(let inner): return truth(inner, row).map { [.flag(!$0)] } ?? []
    case .isNull(let inner, let isNegated): return [.flag(value(inner, row).isEmpty != isNegated)]
    case .among(let inner, let list, let isNegated): return among(inner, list, row, isNegated)
    case .pattern(let inner, let patterns, let isRegex, let isNegated):
      // A pattern that fits all asks whether there is a text.
      if patterns.count == 1, (isRegex ? patterns[0].regex == ".*" : patterns[0].isAnything) {
        return [.flag(value(inner, row).isEmpty == isNegated)]
      }
      return ordinary([inner], row) { values in
        [.flag(patterns.contains { $0.matches(values[0].text) } != isNegated)]
      }
    case .somePattern(let inner, let pattern, _):
      return [.flag(value(inner, row).contains { pattern.matches($0.text) })]
    case .beyond(let name, let inner, let bound, let includes):
      let (values, bounds) = (value(inner, row), value(bound, row))
      // No value lies beyond none, or beyond several.
      guard bounds.count == 1 else { return [.flag(false)] }
      return [
        .flag(
          values.contains { value in
            let order = value.order(bounds[0])
            return order == 0 ? includes == true : name == "MV_GREATER" ? order > 0 : order < 0
          })
      ]
    case .call(let name, let arguments): return call(name, arguments, row, term.type)
    case .unit(let name, let unit, let arguments):
      return ordinary(arguments, row) { PlainFunctions.withUnit(name, unit, $0) }
    case .cast(let inner): return each(inner, row) { PlainFunctions.cast($0, inner.type, term.type) }
    }
  }

  /// True, false or unknown.
  mutating func truth(_ term: PlainTerm, _ row: [String: PlainCell]) -> Bool? {
    let cell = value(term, row)
    if cell.count > 1 { warnings.insert(Self.several) }
    return cell.count == 1 ? cell[0].flag : nil
  }

  /// An ordinary function: null of nulls, and null with a warning of several values.
  private mutating func ordinary(
    _ terms: [PlainTerm], _ row: [String: PlainCell], _ body: ([Plain]) -> PlainResult
  ) -> PlainCell {
    let cells = terms.map { value($0, row) }
    if cells.contains(where: \.isEmpty) { return [] }
    if cells.contains(where: { $0.count > 1 }) {
      warnings.insert(Self.several)
      return []
    }
    return taking(body(cells.map { $0[0] }))
  }

  /// A function of each value by itself.
  private mutating func each(
    _ term: PlainTerm, _ row: [String: PlainCell], _ body: (Plain) -> PlainResult
  ) -> PlainCell {
    value(term, row).flatMap { taking(body($0)) }
  }

  private mutating func taking(_ result: PlainResult) -> PlainCell {
    switch result {
    case .cell(let cell): return cell
    case .warning(let warning):
      warnings.insert(warning)
      return []
    }
  }

  private mutating func among(
    _ term: PlainTerm, _ list: [PlainTerm], _ row: [String: PlainCell], _ isNegated: Bool
  ) -> PlainCell {
    let wanted = value(term, row)
    let items = list.map { value($0, row) }
    if wanted.isEmpty { return [] }
    if wanted.count > 1 || items.contains(where: { $0.count > 1 }) { warnings.insert(Self.several) }
    guard wanted.count == 1 else { return [] }
    if items.contains(where: { $0.count == 1 && $0[0].order(wanted[0]) == 0 }) { return [.flag(!isNegated)] }
    if items.contains(where: \.isEmpty) || items.allSatisfy({ $0.count > 1 }) { return [] }
    return [.flag(isNegated)]
  }

  private mutating func call(
    _ name: String, _ arguments: [PlainTerm], _ row: [String: PlainCell], _ type: PlainType
  ) -> PlainCell {
    switch name {
    case "CASE":
      var at = 0
      while at + 1 < arguments.count {
        let condition = value(arguments[at], row)
        if condition.count > 1 { warnings.insert(Self.several) }
        if condition == [.flag(true)] { return value(arguments[at + 1], row) }
        at += 2
      }
      return at < arguments.count ? value(arguments[at], row) : []
    case "COALESCE":
      for argument in arguments {
        let cell = value(argument, row)
        if !cell.isEmpty { return cell }
      }
      return []
    case "TO_UPPER", "TO_LOWER":
      return each(arguments[0], row) { value in
        [.text(name == "TO_UPPER" ? value.text.uppercased() : value.text.lowercased())]
      }
    case "JSON_STRING":
      return taking(PlainFunctions.object(arguments.map { (value($0, row), $0.type) }))
    default: break
    }
    if let function = PlainFunctions.ofCells[name] {
      return taking(function(arguments.map { value($0, row) }))
    }
    guard let function = PlainFunctions.ordinary[name] else { fatalError("no function \(name)") }
    return ordinary(arguments, row) { function($0, type) }
  }

  // MARK: arithmetic

  private static func fitting(_ number: Int128, _ type: PlainType) -> PlainResult {
    if type == .integer {
      return Int32(exactly: number).map { [.whole(Int64($0))] } ?? .warning("integer overflow")
    }
    return Int64(exactly: number).map { [.whole($0)] } ?? .warning("long overflow")
  }

  static func arithmetic(_ sign: String, _ left: Plain, _ right: Plain, _ type: PlainType) -> PlainResult {
    if sign == "/" || sign == "%", right.number == 0 { return .warning("/ by zero") }
    if type == .double {
      let (left, right) = (left.number, right.number)
      let result =
        switch sign {
        case "+": left + right
        case "-": left - right
        case "*": left * right
        case "/": left / right
        default: left.truncatingRemainder(dividingBy: right)
        }
      return result.isFinite ? [.real(result)] : .warning("not a finite double number")
    }
    let (first, second) = (Int128(left.whole), Int128(right.whole))
    switch sign {
    case "+": return fitting(first + second, type)
    case "-": return fitting(first - second, type)
    case "*": return fitting(first * second, type)
    case "/": return fitting(first / second, type)
    default: return fitting(first % second, type)
    }
  }

  static func moved(_ time: Int64, _ count: Int64, _ unit: String) -> Int64 {
    switch unit {
    case "years": PlainDate.adding(months: 12 * count, to: time)
    case "months": PlainDate.adding(months: count, to: time)
    case "weeks": time + 7 * count * PlainDate.day
    case "days": time + count * PlainDate.day
    case "hours": time + count * 3_600_000
    case "minutes": time + count * 60_000
    default: time + count * 1000
    }
  }
}

/// What a function gives: a cell, or nothing and a warning.
enum PlainResult: ExpressibleByArrayLiteral {
  case cell(PlainCell)
  case warning(String)

  init(arrayLiteral values: Plain...) { self = .cell(values) }
}

extension PlainPattern {
  /// True for `*` and more of them.
  var isAnything: Bool { !pieces.isEmpty && pieces.allSatisfy { $0.signs == nil && $0.many && $0.none } }
}
