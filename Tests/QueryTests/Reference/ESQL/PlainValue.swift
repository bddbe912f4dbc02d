import JSON

/// A value as the plain evaluation of ES|QL knows it. Dates are milliseconds.
enum Plain: Hashable {
  case flag(Bool)
  case whole(Int64)
  case real(Double)
  case text(String)
  /// The text, and the sixteen bytes by which addresses are ordered.
  case address(String, [UInt8])

  var text: String { if case .text(let text) = self { text } else { "" } }
  var whole: Int64 { if case .whole(let number) = self { number } else { 0 } }
  var flag: Bool { if case .flag(let flag) = self { flag } else { false } }
  var number: Double {
    switch self {
    case .whole(let number): Double(number)
    case .real(let number): number
    default: .nan
    }
  }

  /// Negative, zero or positive.
  func order(_ other: Plain) -> Int {
    func order<Ordered: Comparable>(_ left: Ordered, _ right: Ordered) -> Int {
      left < right ? -1 : left > right ? 1 : 0
    }
    func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
      left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    }
    switch (self, other) {
    case (.flag(let left), .flag(let right)): return order(left ? 1 : 0, right ? 1 : 0)
    case (.whole(let left), .whole(let right)): return order(left, right)
    case (.text(let left), .text(let right)): return order(Array(left.utf8), Array(right.utf8))
    case (.address(_, let left), .address(_, let right)): return order(left, right)
    default: return order(number, other.number)
    }
  }
}

/// The types that the random queries use, by the names that answers give them.
enum PlainType: String, CaseIterable {
  case boolean, integer, long, double, keyword, date, ip

  var isNumber: Bool { self == .integer || self == .long || self == .double }
}

/// What a row has in a column: no value, one or several.
typealias PlainCell = [Plain]

/// A table between two commands.
struct PlainTable {
  struct Column: Equatable {
    var name: String
    var type: PlainType
  }

  var columns: [Column]
  var rows: [[String: PlainCell]]

  /// Adds a column at the right end; one with its name goes.
  mutating func place(_ name: String, _ type: PlainType) {
    columns.removeAll { $0.name == name }
    columns.append(Column(name: name, type: type))
  }
}

/// Dates by the calendar, counted day by day from the first of March.
enum PlainDate {
  static let day: Int64 = 86_400_000

  static func floored(_ number: Int64, _ unit: Int64) -> Int64 {
    let rest = number % unit
    return number - (rest < 0 ? rest + unit : rest)
  }

  static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  static func length(_ year: Int64, _ month: Int64) -> Int64 {
    month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// Days from the first of January 1970.
  static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    var days: Int64 = 0
    if year >= 1970 {
      for one in 1970..<year { days += isLeap(one) ? 366 : 365 }
    } else {
      for one in year..<1970 { days -= isLeap(one) ? 366 : 365 }
    }
    for one in 1..<month { days += length(year, one) }
    return days + day - 1
  }

  static func parts(_ time: Int64) -> (year: Int64, month: Int64, day: Int64, rest: Int64) {
    let start = floored(time, day)
    var left = start / day
    var year: Int64 = 1970
    while left < 0 {
      year -= 1
      left += isLeap(year) ? 366 : 365
    }
    while left >= (isLeap(year) ? 366 : 365) {
      left -= isLeap(year) ? 366 : 365
      year += 1
    }
    var month: Int64 = 1
    while left >= length(year, month) {
      left -= length(year, month)
      month += 1
    }
    return (year, month, left + 1, time - start)
  }

  /// Moved by months; a day that the month does not have becomes its last.
  static func adding(months: Int64, to time: Int64) -> Int64 {
    let parts = parts(time)
    let count = parts.year * 12 + parts.month - 1 + months
    let year = floored(count, 12) / 12
    let month = count - year * 12 + 1
    return days(year, month, min(parts.day, length(year, month))) * day + parts.rest
  }

  static func text(_ time: Int64) -> String {
    let parts = parts(time)
    func padded(_ number: Int64, _ width: Int) -> String {
      String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
    }
    let rest = parts.rest
    return "\(padded(parts.year, 4))-\(padded(parts.month, 2))-\(padded(parts.day, 2))T\(padded(rest / 3_600_000, 2)):"
      + "\(padded(rest / 60_000 % 60, 2)):\(padded(rest / 1000 % 60, 2)).\(padded(rest % 1000, 3))Z"
  }
}
