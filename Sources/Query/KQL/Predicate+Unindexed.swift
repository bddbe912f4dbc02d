import Events

extension Predicate {
  /// The same where fields of the schema that are not indexed have nothing that is found: so Elasticsearch reads KQL itself, in the clause
  /// `kql` and in ES|QL, while what Kibana makes of it is refused.
  ///
  /// Source: Elasticsearch's `KqlParsingContext.isSearchableField`, by which it chooses the fields of a name or a pattern.
  func passingOverUnindexed(_ catalog: FieldCatalog) -> Predicate {
    func isUnindexed(_ path: String) -> Bool {
      catalog.resolve(path).type == .binary && FieldCatalog.standard.resolve(path).type == .binary
    }
    switch self {
    case .all, .nothing, .holds, .exists: return self
    case .and(let parts): return .and(parts.map { $0.passingOverUnindexed(catalog) })
    case .or(let parts): return .or(parts.map { $0.passingOverUnindexed(catalog) })
    case .not(let inner): return .not(inner.passingOverUnindexed(catalog))
    case .nested(let path, let inner): return .nested(path: path, inner.passingOverUnindexed(catalog))
    case .test(let selector, let test):
      if let path = selector.path { return isUnindexed(path) ? .nothing : self }
      guard case .matching(let pattern) = selector else { return self }
      return passingOver(pattern, test, catalog, where: isUnindexed)
    }
  }

  /// The same where what one of these patterns names beside other fields is passed over where nothing can be looked for in it: points,
  /// and what is not indexed. So Elasticsearch chooses the `fields` of a clause, while a pattern in a text names all.
  ///
  /// Source: Elasticsearch's `QueryParserHelper.resolveMappingField`.
  func passingOverUnsearchable(of fields: [FieldSelector], _ catalog: FieldCatalog) -> Predicate {
    switch self {
    case .all, .nothing, .holds, .exists: return self
    case .and(let parts): return .and(parts.map { $0.passingOverUnsearchable(of: fields, catalog) })
    case .or(let parts): return .or(parts.map { $0.passingOverUnsearchable(of: fields, catalog) })
    case .not(let inner): return .not(inner.passingOverUnsearchable(of: fields, catalog))
    case .nested(let path, let inner):
      return .nested(path: path, inner.passingOverUnsearchable(of: fields, catalog))
    case .test(let selector, let test):
      guard case .matching(let pattern) = selector, selector.path == nil, fields.contains(selector) else { return self }
      return passingOver(pattern, test, catalog) { path in
        switch catalog.resolve(path).type {
        case .geoPoint, .binary: true
        default: false
        }
      }
    }
  }

  /// A test of the fields of a pattern, leniently where some of these are passed over and no other would be refused.
  private func passingOver(
    _ pattern: WildcardPattern, _ test: ValueTest, _ catalog: FieldCatalog, where isPassedOver: (String) -> Bool
  ) -> Predicate {
    let names = catalog.paths(matching: pattern.text)
    let others = names.filter { !isPassedOver($0) }
    // What else the pattern names may be refused still.
    let judge = QueryJudge(catalog)
    guard others.count < names.count, others.allSatisfy({ judge.refusal(of: .test(.named($0), test)) == nil })
    else { return self }
    return .test(.lenient(.matching(pattern)), test)
  }
}
