import JSON
import Query

/// What a rule looks things up in beside the events of a test.
struct LookupData {
  /// What an indicator match rule compares events with: documents in ECS.
  var indicators: [JSONValue] = []
  /// Tables for `ENRICH` and `LOOKUP JOIN` of rules in ES|QL, by name.
  var tables: [String: ESQLTable] = [:]

  static let none = LookupData()

  /// The same with tables that it does not have itself.
  func with(_ others: [String: ESQLTable]) -> LookupData {
    var data = self
    data.tables.merge(others) { own, _ in own }
    return data
  }
}
