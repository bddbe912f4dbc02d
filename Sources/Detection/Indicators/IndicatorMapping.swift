import Events
import Query
import Rules

/// The entries of an indicator match rule by the places of their fields: groups of which one must hold, each of entries that all must.
struct IndicatorMapping: Sendable {
  struct Field: Hashable, Sendable {
    var path: String
    var type: FieldType
  }

  struct Entry: Hashable, Sendable {
    /// Its place among the fields of events, and of indicators.
    var event: Int
    var indicator: Int
    /// Its place among the pairs of fields that are compared.
    var pair: Int
    var isNegated: Bool
  }

  /// Fields of events and of indicators that are compared.
  struct Pair: Hashable, Sendable {
    var event: Int
    var indicator: Int
  }

  private(set) var eventFields: [Field] = []
  private(set) var indicatorFields: [Field] = []
  private(set) var pairs: [Pair] = []
  /// Groups without an entry that must be equal are left out: nothing would be looked for.
  private(set) var groups: [[Entry]] = []

  init(_ mapping: [ThreatMapping], catalog: FieldCatalog) {
    func place<Value: Equatable>(of value: Value, in list: inout [Value]) -> Int {
      if let known = list.firstIndex(of: value) { return known }
      list.append(value)
      return list.count - 1
    }
    for group in mapping {
      let entries = group.entries.map { entry in
        let event = place(of: Field(path: entry.field, type: catalog.resolve(entry.field).type), in: &eventFields)
        let indicator = place(
          of: Field(path: entry.value, type: catalog.resolve(entry.value).type), in: &indicatorFields)
        let pair = place(of: Pair(event: event, indicator: indicator), in: &pairs)
        return Entry(event: event, indicator: indicator, pair: pair, isNegated: entry.negate)
      }
      if entries.contains(where: { !$0.isNegated }) { groups.append(entries) }
    }
  }
}
