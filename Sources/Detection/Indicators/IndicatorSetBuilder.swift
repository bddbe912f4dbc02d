import CloudTrail
import Events
import Query

/// The indicators of one rule as they are found: the values that events are compared with, when, and where the documents are kept.
struct IndicatorSetBuilder: Sendable {
  /// The values of one field of the indicators.
  struct Values: Sendable {
    /// As texts; while they are found one may stand several times, once they are put together each is one.
    var dictionary = ValueDictionary()
    /// The codes of all indicators, one behind the other, and where each one's end.
    var codes: [UInt32] = []
    var ends: [UInt32] = []

    /// The codes of an indicator.
    func codes(of indicator: Int) -> ArraySlice<UInt32> {
      codes[(indicator == 0 ? 0 : Int(ends[indicator - 1]))..<Int(ends[indicator])]
    }
  }

  let mapping: IndicatorMapping
  private(set) var fields: [Values]
  private(set) var kept: [KeptReference] = []
  /// When each document is dated, in milliseconds; empty while none is.
  private(set) var times: [Int64] = []
  /// Which executions see each indicator; empty while all always do.
  private(set) var conditions: [TimeCondition] = []
  /// Documents that were looked at, and those among them that stand in lists that were given.
  private(set) var met = 0
  private(set) var metInLists = 0

  /// By field of each value in the column that is read its code here, `unknown` until it is met.
  private var codes: [[UInt32]] = []
  private static let unknown = UInt32.max
  /// What it takes to remember the indicator that was read last.
  private(set) var readBytes = 0

  init(_ mapping: IndicatorMapping) {
    self.mapping = mapping
    fields = mapping.indicatorFields.map { _ in Values() }
  }

  var count: Int { kept.count }

  mutating func note(met documents: Int, in list: String?) {
    met += documents
    if list != nil { metInLists += documents }
  }

  // MARK: Finding

  /// Says which columns rows are read from, one for each field, until the next ones.
  mutating func begin(_ columns: [Column]) {
    codes = columns.map { [UInt32](repeating: Self.unknown, count: $0.dictionary.count + 1) }
  }

  /// Reads the values of a row of the columns that `begin` was given, for `append` or `drop` to follow; false where it can match nothing, since it lacks what every group
  /// compares.
  mutating func read(_ columns: [Column], _ row: Int) -> Bool {
    readBytes = Self.indicatorBytes
    for place in fields.indices {
      let start = fields[place].codes.count
      for code in columns[place].codes(row: row) {
        let known = self.code(of: code, columns[place], place)
        guard known != 0, !fields[place].codes[start...].contains(known) else { continue }
        fields[place].codes.append(known)
        readBytes += 8
      }
    }
    return mapping.groups.contains { group in
      group.allSatisfy { $0.isNegated || fields[$0.indicator].codes.count > committed($0.indicator) }
    }
  }

  /// Bytes for an indicator without its values, and for a value that is new beside its text: arrays and tables are up to twice as
  /// large as what is in them, and what workers found stands twice while it is put together.
  private static let indicatorBytes = 64
  private static let valueBytes = 96

  /// How many codes of a field belong to indicators that are here to stay.
  private func committed(_ place: Int) -> Int { Int(fields[place].ends.last ?? 0) }

  /// The code here of a value in the column of a field; 0 where it compares with nothing.
  private mutating func code(of code: UInt32, _ column: Column, _ place: Int) -> UInt32 {
    let known = codes[place][Int(code)]
    guard known == Self.unknown else { return known }
    var found: UInt32 = 0
    column.dictionary.withValue(code) { value in
      let type = mapping.indicatorFields[place].type
      // Whether it came before is looked up once for all that was found.
      if value.isOwnTerm(of: type) {
        found = fields[place].dictionary.append(Scalar(.string, value.bytes))
      } else {
        Self.withText(of: value, as: type) { found = fields[place].dictionary.append($0) }
      }
      if found != 0 { readBytes += Self.valueBytes + 4 * value.bytes.count }
    }
    codes[place][Int(code)] = found
    return found
  }

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

  /// Takes over the indicator that was read.
  mutating func append(time: Timestamp, _ reference: KeptReference, _ condition: TimeCondition) {
    for place in fields.indices { fields[place].ends.append(UInt32(fields[place].codes.count)) }
    if times.isEmpty, time != .missing { times = Self.missing(kept.count) }
    if !times.isEmpty || time != .missing { times.append(time.milliseconds) }
    if conditions.isEmpty, condition != .always { conditions = Self.always(kept.count) }
    if !conditions.isEmpty || condition != .always { conditions.append(condition) }
    kept.append(reference)
  }

  private static func missing(_ count: Int) -> [Int64] {
    [Int64](repeating: Timestamp.missing.milliseconds, count: count)
  }

  private static func always(_ count: Int) -> [TimeCondition] { [TimeCondition](repeating: .always, count: count) }

  /// Forgets the indicator that was read.
  mutating func drop() {
    for place in fields.indices { fields[place].codes.removeSubrange(committed(place)...) }
  }

  // MARK: Putting together

  /// What several workers found for one rule.
  ///
  /// - Parameter parts: of each worker what it found, and by how much its sources are moved.
  init(_ mapping: IndicatorMapping, joining parts: [(found: IndicatorSetBuilder, sources: UInt32)]) {
    self.init(mapping)
    let holding = parts.filter { $0.found.count > 0 }
    for place in fields.indices { join(holding.map { $0.found.fields[place] }, place) }
    kept.reserveCapacity(holding.reduce(0) { $0 + $1.found.count })
    let areDated = holding.contains { !$0.found.times.isEmpty }
    let areConditional = holding.contains { !$0.found.conditions.isEmpty }
    for (found, sources) in holding {
      kept += found.kept.lazy.map { KeptReference(source: $0.source + sources, number: $0.number) }
      if areDated { times += found.times.isEmpty ? Self.missing(found.count) : found.times }
      if areConditional { conditions += found.conditions.isEmpty ? Self.always(found.count) : found.conditions }
    }
    met = parts.reduce(0) { $0 + $1.found.met }
    metInLists = parts.reduce(0) { $0 + $1.found.metInLists }
  }

  /// Puts together the values of a field.
  private mutating func join(_ parts: [Values], _ place: Int) {
    var joined = Values()
    joined.dictionary.reserve(
      values: parts.reduce(0) { $0 + $1.dictionary.count }, bytes: parts.reduce(0) { $0 + $1.dictionary.byteCount })
    joined.codes.reserveCapacity(parts.reduce(0) { $0 + $1.codes.count })
    joined.ends.reserveCapacity(parts.reduce(0) { $0 + $1.ends.count })
    for part in parts {
      let codes = joined.dictionary.insert(allOf: part.dictionary)
      var at = 0
      for end in part.ends {
        let start = joined.codes.count
        while at < Int(end) {
          // Spellings of one value are one.
          let code = codes[Int(part.codes[at])]
          if !joined.codes[start...].contains(code) { joined.codes.append(code) }
          at += 1
        }
        joined.ends.append(UInt32(joined.codes.count))
      }
    }
    fields[place] = joined
  }
}
