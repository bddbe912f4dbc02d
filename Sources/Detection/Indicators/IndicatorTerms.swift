import Events
import Query

/// The values that the indicators of all rules have in one field, as a worker finds them: of equal ones in several batches each is
/// kept, since whether a value came before is looked up once for all that was found.
struct IndicatorTerms: Sendable {
  private let type: FieldType
  /// As texts.
  private(set) var dictionary = ValueDictionary()
  /// Of each value in the column that is read its code here, `unknown` until it is met.
  private var codes: [UInt32] = []
  private static let unknown = UInt32.max

  init(_ type: FieldType) { self.type = type }

  /// Says which column is read until the next one.
  mutating func begin(_ column: Column) {
    codes = [UInt32](repeating: Self.unknown, count: column.dictionary.count + 1)
  }

  /// Lets go of what is known of the column.
  mutating func end() { codes = [] }

  /// The code here of a value in the column that `begin` was given; 0 where it compares with nothing.
  ///
  /// - Parameter bytes: grows by what it takes to keep the value.
  mutating func code(of code: UInt32, _ column: Column, _ bytes: inout Int) -> UInt32 {
    let known = codes[Int(code)]
    guard known == Self.unknown else { return known }
    var found: UInt32 = 0
    column.dictionary.withValue(code) { value in
      if value.isOwnTerm(of: type) {
        found = dictionary.append(Scalar(.string, value.bytes))
      } else {
        Self.withText(of: value, as: type) { found = dictionary.append($0) }
      }
      if found != 0 { bytes += Self.valueBytes + 4 * value.bytes.count }
    }
    codes[Int(code)] = found
    return found
  }

  /// Bytes for a value beside its text: tables are up to twice as large as what is in them, and what workers found stands twice
  /// while it is put together.
  private static let valueBytes = 96

  /// Calls `body` with what a value is compared as: the text of what its field keeps of it; of a network where an address would
  /// stand, and of a time, as it is written.
  private static func withText(of value: Scalar, as type: FieldType, _ body: (Scalar) -> Void) {
    switch type {
    case .date, .dateNanos:
      if value.isSearchable(as: type) { body(Scalar(.string, value.bytes)) }
    case .geoPoint, .binary: return
    case .ip:
      if value.withTerm(of: type, body) == nil, value.kind == .string, IPAddress.range(cidr: value.text) != nil {
        body(Scalar(.string, value.bytes))
      }
    default: value.withTerm(of: type) { body(Scalar(.string, $0.bytes)) }
    }
  }
}

/// The values that the indicators of all rules have in one field, as all workers found them, each once.
struct JoinedTerms: Sendable {
  private(set) var dictionary = ValueDictionary()
  /// Of each worker the codes that its values have here.
  private(set) var codes: [[UInt32]] = []

  init(_ parts: [ValueDictionary]) {
    dictionary.reserve(values: parts.reduce(0) { $0 + $1.count }, bytes: parts.reduce(0) { $0 + $1.byteCount })
    for part in parts { codes.append(dictionary.insert(allOf: part)) }
  }
}
