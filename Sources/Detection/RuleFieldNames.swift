import Events
import Query
import Rules

/// The fields that a rule names.
public enum RuleFieldNames {
  /// The fields that a rule names, in its query and filters, elsewhere, and by its exceptions, each once, that no event is
  /// known to have. Patterns are none.
  ///
  /// - Parameters:
  ///   - others: fields that the query names beside.
  ///   - made: names of columns that the query itself makes, which are no fields.
  public static func unknown(
    _ rule: Rule, _ query: Predicate?, _ exceptions: [Predicate], _ catalog: FieldCatalog, others: [String] = [],
    made: [String] = []
  ) -> [String] {
    var fields = (query.map(named) ?? []) + others
    let made = Set(made).subtracting(others)
    fields += rule.fieldsBesideQuery.map(\.field).filter { !made.contains($0) }
    fields += exceptions.flatMap(named)
    var seen: Set<String> = []
    let unknown = fields.filter {
      seen.insert($0).inserted && !$0.utf8.contains(UInt8(ascii: "*")) && !$0.isEmpty && !catalog.resolve($0).isKnown
    }
    guard rule.language == .sigma, !unknown.isEmpty else { return unknown }
    // What the mapping of its log source names is there.
    let known = SigmaKnownFields(rule.query ?? "")
    return unknown.filter { !known.contains($0) }
  }

  /// The patterns of fields in a rule's query and filters and in its exceptions, each once, that no field matches which events
  /// are known to have.
  public static func unknownPatterns(
    _ query: Predicate?, _ exceptions: [Predicate], _ catalog: FieldCatalog
  ) -> [WildcardPattern] {
    var seen: Set<String> = []
    return ((query.map { [$0] } ?? []) + exceptions).flatMap(\.fields).compactMap { selector in
      guard case .matching(let pattern) = selector.strict, seen.insert(pattern.text).inserted,
        FieldNotice.isUnknown(pattern.text, catalog)
      else { return nil }
      return pattern
    }
  }

  private static func named(_ predicate: Predicate) -> [String] {
    predicate.fields.compactMap { if case .named(let path) = $0.strict { path } else { nil } }
  }
}
