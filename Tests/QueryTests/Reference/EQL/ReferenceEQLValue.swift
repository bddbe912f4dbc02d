import Events
import Foundation
import JSON
import Query

/// A value within a condition; nil stands for null.
enum ReferenceEQLValue: Hashable {
  case boolean(Bool)
  case whole(Int64)
  case decimal(Double)
  case text(String)
  /// The sixteen bytes of an address, and the text that functions see.
  case address([UInt8], String)
  /// Milliseconds.
  case date(Int64)

  /// What an expression of values cannot give: Elasticsearch fails the shard.
  struct Failure: Error {}
}

extension ReferenceEQLValue {
  /// The values that a field of an event has for conditions, in their order.
  static func values(of path: String, in event: JSONValue) -> [ReferenceEQLValue] {
    let type = FieldCatalog.standard.resolve(path).type
    return leaves(path.split(separator: ".").map(String.init)[...], event).filter {
      ReferenceValue.isSearchable($0, type)
    }.compactMap { ReferenceEQLValue($0, type) }
  }

  private static func leaves(_ path: ArraySlice<String>, _ value: JSONValue) -> [JSONValue] {
    switch value {
    case .array(let elements): elements.flatMap { leaves(path, $0) }
    case .object(let members):
      path.first.flatMap { name in members[name].map { leaves(path.dropFirst(), $0) } } ?? []
    default: path.isEmpty ? [value] : []
    }
  }

  private init?(_ value: JSONValue, _ type: FieldType) {
    switch type {
    case .keyword, .wildcard:
      guard let text = ReferenceValue.text(value) else { return nil }
      self = .text(text)
    case .integer:
      guard let number = ReferenceNumber.whole(value) else { return nil }
      self = .whole(number)
    case .double, .narrow:
      guard let number = ReferenceNumber.floating(value) else { return nil }
      self = .decimal(number)
    case .boolean:
      switch value {
      case .bool(let flag): self = .boolean(flag)
      case .string(let text): self = .boolean(text == "true")
      default: return nil
      }
    case .date:
      guard let text = ReferenceValue.text(value), let time = ReferenceDate.interval(text) else { return nil }
      self = .date(time.lowerBound)
    case .ip:
      guard let text = value.stringValue, let bytes = ReferenceAddress.bytes(text) else { return nil }
      self = .address(bytes, text)
    default:
      // A field that no schema knows: by the value's own kind.
      switch value {
      case .bool(let flag): self = .boolean(flag)
      case .integer(let number): self = .whole(number)
      case .double(let number): self = .decimal(number)
      case .string(let text): self = .text(text)
      default: return nil
      }
    }
  }

  // MARK: Comparing

  /// How two values stand to each other: −1, 0, 1; nil where they are of kinds that do not compare.
  static func order(_ left: ReferenceEQLValue, _ right: ReferenceEQLValue) -> Int? {
    switch (left, right) {
    case (.boolean(let left), .boolean(let right)): return left == right ? 0 : left ? 1 : -1
    case (.whole(let left), .whole(let right)): return left == right ? 0 : left < right ? -1 : 1
    case (.text(let left), .text(let right)):
      let (left, right) = (Array(left.utf8), Array(right.utf8))
      return left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    case (.address(let left, _), .address(let right, _)):
      return left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    // A text beside an address or a date is read as one.
    case (.address(let address, _), .text(let text)):
      return ReferenceAddress.bytes(text).flatMap { order(.address(address, ""), .address($0, "")) }
    case (.date(let time), .text(let text)):
      // A day is all of it.
      return ReferenceDate.interval(text).map { $0.contains(time) ? 0 : time < $0.lowerBound ? -1 : 1 }
    case (.date(let time), .whole(let number)): return order(.whole(time), .whole(number))
    case (.date(let left), .date(let right)): return order(.whole(left), .whole(right))
    default:
      guard let left = left.number, let right = right.number else { return nil }
      return left == right ? 0 : left < right ? -1 : 1
    }
  }

  static func equal(_ left: ReferenceEQLValue, _ right: ReferenceEQLValue) -> Bool {
    // An address equals the text of a network that holds it.
    if case .address(let bytes, _) = left, case .text(let text) = right, let network = ReferenceAddress.network(text) {
      return ReferenceAddress.holds(network, bytes)
    }
    return order(left, right) == 0
  }

  var number: Double? {
    switch self {
    case .whole(let number): Double(number)
    case .decimal(let number): number
    default: nil
    }
  }

  /// As Java writes a time: seconds and what is below them only where they are not zero.
  private static func written(time: Int64) -> String {
    let parts = Calendar.utc.dateComponents(
      [.year, .month, .day, .hour, .minute, .second],
      from: Date(timeIntervalSince1970: Double(time - (time % 1000 + 1000) % 1000) / 1000))
    let below = (time % 1000 + 1000) % 1000
    func two(_ number: Int?) -> String { String(format: "%02d", number ?? 0) }
    var text = "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))T\(two(parts.hour)):\(two(parts.minute))"
    if parts.second != 0 || below != 0 { text += ":\(two(parts.second))" }
    if below != 0 { text += String(format: ".%03d", Int(below)) }
    return text + "Z"
  }

  /// What `string` makes of it.
  var written: String {
    switch self {
    case .boolean(let flag): flag ? "true" : "false"
    case .whole(let number): "\(number)"
    case .date(let number): Self.written(time: number)
    // The tests have no number so large or small that Java writes an exponent.
    case .decimal(let number): number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : "\(number)"
    case .text(let text), .address(_, let text): text
    }
  }
}

extension Calendar {
  fileprivate static var utc: Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "UTC")!
    return calendar
  }
}
