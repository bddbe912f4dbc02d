import CloudTrail
import Events
import Query

/// The indicators of one rule as they are found: the values that events are compared with, when, and where the documents are kept.
struct IndicatorSetBuilder: Sendable {
  /// The values of one field of the indicators.
  struct Values: Sendable {
    /// As texts, each once.
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
  private(set) var times: [Int64] = []
  private(set) var ids: [EventID] = []
  private(set) var kept: [KeptReference] = []
  /// Which executions see each indicator; empty while all always do.
  private(set) var conditions: [TimeCondition] = []
  /// Documents that were looked at, and those among them that stand in lists that were given.
  private(set) var met = 0
  private(set) var metInLists = 0

  /// The values of the indicator that was read last, by field, and what it takes to remember it.
  private var row: [[UInt32]]
  private(set) var readBytes = 0

  init(_ mapping: IndicatorMapping) {
    self.mapping = mapping
    fields = mapping.indicatorFields.map { _ in Values() }
    row = fields.map { _ in [] }
  }

  var count: Int { kept.count }

  mutating func note(met documents: Int, in list: String?) {
    met += documents
    if list != nil { metInLists += documents }
  }

  /// Reads the values of a row for `append`; false where it can match nothing, since it lacks what every group compares.
  mutating func read(_ events: EventBatch, _ columns: [Int], _ row: Int) -> Bool {
    readBytes = 100
    for (place, field) in mapping.indicatorFields.enumerated() {
      self.row[place].removeAll(keepingCapacity: true)
      let column = events.columns[columns[place]]
      for code in column.codes(row: row) {
        column.dictionary.withValue(code) { value in
          Self.withText(of: value, as: field.type) { text in
            let known = fields[place].dictionary.count
            let code = fields[place].dictionary.insert(text)
            readBytes += 16 + (fields[place].dictionary.count > known ? 100 + 2 * text.bytes.count : 0)
            if !self.row[place].contains(code) { self.row[place].append(code) }
          }
        }
      }
    }
    return mapping.groups.contains { group in
      group.allSatisfy { $0.isNegated || !self.row[$0.indicator].isEmpty }
    }
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
  mutating func append(time: Int64, id: EventID, _ reference: KeptReference, _ condition: TimeCondition) {
    for place in fields.indices {
      fields[place].codes += row[place]
      fields[place].ends.append(UInt32(fields[place].codes.count))
    }
    times.append(time)
    ids.append(id)
    kept.append(reference)
    if conditions.isEmpty, condition != .always {
      conditions = [TimeCondition](repeating: .always, count: kept.count - 1)
    }
    if !conditions.isEmpty || condition != .always { conditions.append(condition) }
  }

  mutating func moveSources(by count: UInt32) {
    guard count > 0 else { return }
    for at in kept.indices { kept[at].source += count }
  }

  /// Takes over what another worker found for the same rule.
  mutating func merge(_ other: IndicatorSetBuilder) {
    met += other.met
    metInLists += other.metInLists
    guard other.count > 0 else { return }
    if count == 0 {
      let (met, metInLists) = (met, metInLists)
      self = other
      (self.met, self.metInLists) = (met, metInLists)
      return
    }
    for place in fields.indices {
      let theirs = other.fields[place]
      let codes =
        [0]
        + (0..<theirs.dictionary.count).map { code in
          theirs.dictionary.withValue(UInt32(code + 1)) { fields[place].dictionary.insert($0) }
        }
      let start = UInt32(fields[place].codes.count)
      fields[place].codes += theirs.codes.lazy.map { codes[Int($0)] }
      fields[place].ends += theirs.ends.lazy.map { $0 + start }
    }
    if conditions.isEmpty != other.conditions.isEmpty {
      if conditions.isEmpty { conditions = [TimeCondition](repeating: .always, count: count) }
      conditions +=
        other.conditions.isEmpty
        ? [TimeCondition](repeating: .always, count: other.count) : other.conditions
    } else {
      conditions += other.conditions
    }
    times += other.times
    ids += other.ids
    kept += other.kept
  }
}
