import Events

/// An EQL query bound to the types of fields: what each item asks, as predicates.
public struct EQLPlan: Sendable {
  public struct Item: Sendable {
    public var predicate: Predicate
    public var keys: [EQLQuery.Key]
    /// The types of the keys.
    public var keyTypes: [DataType] = []
    public var isMissing: Bool
    /// Where it stands in the query as it is written.
    public var step = EQLQuery.Step(number: 1)
    /// What other items, by their places, ask of the keys that they have in common.
    public var keyConditions: [(item: Int, predicate: Predicate)] = []

    /// All that is asked of an event.
    var whole: Predicate {
      let others = keyConditions.reduce(into: [predicate]) { if !$0.contains($1.predicate) { $0.append($1.predicate) } }
      return others.count == 1 ? predicate : Predicate.and(others).simplified()
    }
  }

  public enum Form: Sendable {
    case events
    /// `until` is the last of `items`; the span is in milliseconds, in an `EQLBinding` in the unit of its times.
    case sequence(maxspan: Int64?, hasUntil: Bool)
    case sample
  }

  public private(set) var form: Form
  public private(set) var items: [Item]
  public let pipes: [EQLQuery.Pipe]

  /// True for a query of single events.
  public var isOfEvents: Bool { if case .events = form { true } else { false } }

  /// What join keys are called: the field, or the fields where items name several.
  public var keyNames: [String] {
    (items.first?.keys ?? []).indices.map { place in
      var names: [String] = []
      for item in items where place < item.keys.count && !names.contains(item.keys[place].field) {
        names.append(item.keys[place].field)
      }
      return names.joined(separator: "/")
    }
  }

  /// The type of a join key; that of its first item.
  public func keyType(_ place: Int) -> DataType {
    guard let types = items.first?.keyTypes, place < types.count else { return .dynamic }
    return types[place]
  }

  /// What some item asks of an event; what no item asks for takes part in no hit.
  public var anyItem: Predicate { Predicate.or(steps.map(\.predicate)).simplified() }

  /// The items as they are written: of what `runs` asks for several times the first.
  public var steps: [Item] { items.filter { $0.step.run == 1 } }

  /// The plan with another condition in place of that of a step, by its number, which asks nothing of other items.
  public func replacing(step number: Int, by predicate: Predicate) -> EQLPlan {
    var plan = self
    for place in items.indices where items[place].step.number == number { plan.items[place].predicate = predicate }
    for other in plan.items.indices {
      plan.items[other].keyConditions.removeAll { items[$0.item].step.number == number }
    }
    return plan
  }

  /// The plan with its span in nanoseconds.
  var inNanoseconds: EQLPlan {
    guard case .sequence(let maxspan?, let hasUntil) = form else { return self }
    let (span, overflows) = maxspan.multipliedReportingOverflow(by: 1_000_000)
    var plan = self
    plan.form = .sequence(maxspan: overflows ? .max : span, hasUntil: hasUntil)
    return plan
  }
}

extension EQLQuery {
  /// The query with the types of a catalog; throws where Elasticsearch's analysis would refuse it.
  ///
  /// - Parameter categoryField: the field that holds the event category.
  public func plan(
    _ catalog: FieldCatalog = .standard, categoryField: String = "event.category"
  ) throws(QuerySyntaxError) -> EQLPlan {
    let binder = EQLBinder(catalog: catalog, categoryField: categoryField, text: text)
    let hasUntil = if case .sequence(_, _, _?) = form { true } else { false }
    var items: [EQLPlan.Item] = []
    for item in self.items {
      do throws(TypeFault) {
        var keys = item.keys
        var types: [DataType] = []
        for (place, key) in keys.enumerated() {
          let type = try binder.field(key.field, key.range)
          // The keys of all items are compared with each other.
          if let first = items.first?.keys[place], let other = try? binder.field(first.field, first.range),
            !type.isComparable(with: other)
          {
            throw TypeFault(
              "Sequence key [\(key.field)] type [\(type.phrase)] is incompatible with key [\(first.field)] type [\(other.phrase)]",
              at: key.range, expected: "a field of the same kind of values")
          }
          types.append(type)
          keys[place].field = binder.exact(key.field)
        }
        items.append(
          EQLPlan.Item(
            predicate: try binder.predicate(item.test), keys: keys, keyTypes: types, isMissing: item.isMissing,
            step: item.step))
      } catch {
        throw error.shown(in: text)
      }
    }
    // An `until` neither asks anything of the items nor is asked.
    handOnKeyConditions(to: &items, upTo: items.count - (hasUntil ? 1 : 0), binder)
    switch form {
    case .event: return EQLPlan(form: .events, items: items, pipes: pipes)
    case .sequence(_, let maxspan, _):
      return EQLPlan(form: .sequence(maxspan: maxspan, hasUntil: hasUntil), items: items, pipes: pipes)
    case .sample: return EQLPlan(form: .sample, items: items, pipes: pipes)
    }
  }
}

extension DataType {
  /// Whether values of two types can be equal; those of a field that no schema knows are taken as they are.
  fileprivate func isComparable(with other: DataType) -> Bool {
    isOpen || other.isOpen || family == other.family || isTime && other.isTime
  }
}
