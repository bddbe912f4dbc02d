import Events
import Query

extension HuntRule {
  /// The fields that the rule's query and filters name, those of its new terms and its override, each once, that no event
  /// is known to have. Patterns are none.
  public func unknownFields(_ catalog: FieldCatalog) -> [String] {
    var fields = predicate.fields.compactMap { selector in
      if case .named(let path) = selector { path } else { nil }
    }
    fields += rule.newTerms?.fields ?? []
    fields += [rule.timestampOverride].compactMap(\.self)
    var seen: Set<String> = []
    return fields.filter { seen.insert($0).inserted && !$0.contains("*") && !catalog.resolve($0).isKnown }
  }
}
