import Events
import Query
import Rules

/// The fields that a rule names.
public enum RuleFieldNames {
  /// The fields that a rule names, in its query and filters, elsewhere, and by its exceptions, each once, that no event is
  /// known to have. Patterns are none.
  public static func unknown(
    _ rule: Rule, _ query: Predicate?, _ exceptions: [Predicate], _ catalog: FieldCatalog
  ) -> [String] {
    var fields = query.map(named) ?? []
    fields += rule.fieldsBesideQuery.map(\.field)
    fields += exceptions.flatMap(named)
    var seen: Set<String> = []
    return fields.filter {
      seen.insert($0).inserted && !$0.contains("*") && !$0.isEmpty && !catalog.resolve($0).isKnown
    }
  }

  private static func named(_ predicate: Predicate) -> [String] {
    predicate.fields.compactMap { if case .named(let path) = $0 { path } else { nil } }
  }
}
