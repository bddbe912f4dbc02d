import Events
import Parallel
import Query

/// What finds the values of events among those of indicators, made once for all rules that compare the same fields.
struct IndicatorComparisons: Sendable {
  /// A field of events, and the place of one of indicators among those of the plan.
  struct Pair: Hashable, Sendable {
    var event: IndicatorMapping.Field
    var indicator: Int
  }

  private struct Kind: Hashable, Sendable {
    var event: FieldType
    var indicator: Int
  }

  private enum Work: Sendable {
    case index(Kind)
    case condition(Pair)
  }

  private enum Made: Sendable {
    case index(Kind, MatchIndex)
    case condition(Pair, Predicate)
  }

  private var indices: [Kind: MatchIndex] = [:]
  private var conditions: [Pair: Predicate] = [:]

  init(_ pairs: Set<Pair>, _ terms: [JoinedTerms]) {
    let kinds = Set(pairs.map { Kind(event: $0.event.type, indicator: $0.indicator) })
    let work = kinds.map { Work.index($0) } + pairs.map { Work.condition($0) }
    let made = work.concurrentMap(slice: 1) { work -> Made in
      switch work {
      case .index(let kind):
        .index(kind, MatchIndex(type: kind.event, values: terms[kind.indicator].dictionary))
      case .condition(let pair):
        .condition(
          pair,
          MatchIndex.condition(on: pair.event.path, type: pair.event.type, terms[pair.indicator].dictionary))
      }
    }
    for one in made {
      switch one {
      case .index(let kind, let index): indices[kind] = index
      case .condition(let pair, let condition): conditions[pair] = condition
      }
    }
  }

  /// What finds the value of an event among those that the indicators of all rules have.
  func index(_ pair: Pair) -> MatchIndex {
    indices[Kind(event: pair.event.type, indicator: pair.indicator)]
      ?? MatchIndex(type: pair.event.type, values: ValueDictionary())
  }

  /// What holds of every event with one of these values; it may hold of others.
  func condition(_ pair: Pair) -> Predicate { conditions[pair] ?? .nothing }
}
