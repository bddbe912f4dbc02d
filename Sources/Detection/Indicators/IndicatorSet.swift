import CloudTrail
import Events
import Query
import Synchronization

/// The indicators of one rule, ready to be compared with events.
///
/// An event's values are looked up in the values of all indicators at once; what these have in common with the entries of a group
/// is resolved by the numbers of the indicators that have them.
public final class IndicatorSet: Sendable {
  let mapping: IndicatorMapping
  /// What holds of every event that some indicator matches: of a group all fields that must be equal have a value that some
  /// rule's indicator has. It may hold of others.
  let condition: Predicate
  private let fields: [IndicatorSetBuilder.Values]
  /// Of each field the indicators that have each value: those of code `c` lie from `starts[c - 1]` on. A value that only other
  /// rules' indicators have is had by none.
  private let holders: [(starts: [UInt32], indicators: [UInt32])]
  /// Of each pair of fields what finds an event's value among the indicators'.
  private let indices: [MatchIndex]
  /// Empty where no document is dated.
  private let times: [Int64]
  private let kept: [KeptReference]
  private let conditions: [TimeCondition]
  private let texts: [any IndicatorTexts]
  /// Of indicators that events equal their documents' ids, which are read of their texts: every alert asks for those of all.
  private let ids = Mutex<[Int: EventID]>([:])
  /// Of indicators that alerts tell of, why they cannot; nil of one that can.
  private let faults = Mutex<[Int: String?]>([:])
  /// Documents that were looked at, and those among them that stand in lists that were given.
  public let met: Int
  public let metInLists: Int

  /// How many indicators there are.
  public var count: Int { kept.count }

  /// - Parameters:
  ///   - terms: the values that the indicators of all rules have, by field of the plan.
  ///   - comparisons: what finds an event's values among these.
  init(
    _ builder: IndicatorSetBuilder, _ terms: [JoinedTerms], _ comparisons: IndicatorComparisons,
    _ texts: [any IndicatorTexts]
  ) {
    mapping = builder.mapping
    fields = builder.fields
    holders = zip(builder.fields, builder.question.fields).map { values, field in
      Self.holders(values, of: terms[field].dictionary.count)
    }
    let pairs = builder.question.pairs
    indices = pairs.map { comparisons.index($0) }
    times = builder.times
    kept = builder.kept
    conditions = builder.conditions
    met = builder.met
    metInLists = builder.metInLists
    self.texts = texts
    let equal = pairs.map { comparisons.condition($0) }
    condition =
      builder.count == 0
      ? .nothing
      : .or(mapping.groups.map { group in .and(group.filter { !$0.isNegated }.map { equal[$0.pair] }) })
  }

  private static func holders(
    _ values: IndicatorSetBuilder.Values, of count: Int
  ) -> (starts: [UInt32], indicators: [UInt32]) {
    var starts = [UInt32](repeating: 0, count: count + 1)
    for code in values.codes { starts[Int(code)] += 1 }
    for place in starts.indices.dropFirst() { starts[place] += starts[place - 1] }
    var indicators = [UInt32](repeating: 0, count: values.codes.count)
    var next = starts
    for indicator in values.ends.indices {
      for code in values.codes(of: indicator) {
        indicators[Int(next[Int(code) - 1])] = UInt32(indicator)
        next[Int(code) - 1] += 1
      }
    }
    return (starts, indicators)
  }

  // MARK: Matching

  /// An indicator that matches an event, by a group of entries.
  struct Match: Hashable, Sendable {
    var indicator: Int
    var group: Int
  }

  /// Calls `body` with each indicator that matches an event, once for each group, until it returns false.
  func forEachMatch(_ values: IndicatorValues, _ body: (Match) -> Bool) {
    let equal = zip(mapping.pairs, indices).map { pair, index in
      var codes: Set<UInt32> = []
      for value in values.fields[pair.event] { value.withScalar { index.forEachMatch($0) { codes.insert($0) } } }
      return codes
    }
    for (number, group) in mapping.groups.enumerated() {
      let required = group.filter { !$0.isNegated }
      // Those are looked at that have the rarest values.
      let rarest = required.min { held($0, equal) < held($1, equal) }
      guard let rarest, held(rarest, equal) > 0 else { continue }
      let codes = equal[rarest.pair]
      let holders = holders[rarest.indicator]
      var seen: Set<UInt32> = []
      for code in codes {
        for indicator in holders.indicators[Int(holders.starts[Int(code) - 1])..<Int(holders.starts[Int(code)])] {
          if codes.count > 1, !seen.insert(indicator).inserted { continue }
          guard group.allSatisfy({ holds($0, Int(indicator), values, equal) }) else { continue }
          if !body(Match(indicator: Int(indicator), group: number)) { return }
        }
      }
    }
  }

  /// How many indicators have one of the values that an event's equal.
  private func held(_ entry: IndicatorMapping.Entry, _ equal: [Set<UInt32>]) -> Int {
    let starts = holders[entry.indicator].starts
    return equal[entry.pair].reduce(0) { $0 + Int(starts[Int($1)] - starts[Int($1) - 1]) }
  }

  private func holds(
    _ entry: IndicatorMapping.Entry, _ indicator: Int, _ values: IndicatorValues, _ equal: [Set<UInt32>]
  ) -> Bool {
    let own = fields[entry.indicator].codes(of: indicator)
    guard entry.isNegated else { return own.contains { equal[entry.pair].contains($0) } }
    let others = values.fields[entry.event].count
    // Where neither has a value nothing differs; where either has several nothing is asked.
    guard own.count == 1, others == 1 else { return !own.isEmpty || others > 0 }
    return !own.contains { equal[entry.pair].contains($0) }
  }

  /// Which executions see at least one of the indicators that match an event; `never` where none matches.
  func condition(of values: IndicatorValues) -> TimeCondition {
    var parts = ConditionParts()
    forEachMatch(values) { match in
      parts.add(conditions.isEmpty ? .always : conditions[match.indicator])
      return !parts.isAlways
    }
    return parts.condition
  }

  /// Conditions of which one must hold; those that hold for one of several times are put together.
  private struct ConditionParts {
    private struct Asked: Hashable {
      var test: ValueTest
      var format: DateFormat?
    }

    private var times: [Asked: Set<Int64>] = [:]
    private var others: Set<TimeCondition> = []
    private(set) var isAlways = false

    mutating func add(_ part: TimeCondition) {
      switch part {
      case .always: isAlways = true
      case .value(let more, let test, let format):
        times[Asked(test: test, format: format), default: []].formUnion(more)
      default: others.insert(part)
      }
    }

    var condition: TimeCondition {
      if isAlways { return .always }
      let ofTimes = times.map { TimeCondition.value(of: $0.value.sorted(), $0.key.test, $0.key.format) }
      return .some((ofTimes + others).sorted { "\($0)" < "\($1)" })
    }
  }

  // MARK: What alerts tell

  /// An entry of a group and an indicator that an execution found equal to an event.
  struct Equal: Hashable, Sendable {
    var indicator: Int
    var group: Int
    var entry: Int
  }

  /// The indicators that an execution at a time finds for an event: those of the latest documents first, and by entry, at most
  /// `limit` of both; and how many indicators there are in all.
  func found(_ values: IndicatorValues, at now: Timestamp, limit: Int) -> (equal: [Equal], indicators: Int) {
    var groups: [Int: [Int]] = [:]
    forEachMatch(values) { match in
      if conditions.isEmpty || conditions[match.indicator].holds(at: now) {
        groups[match.indicator, default: []].append(match.group)
      }
      return true
    }
    let order = order(groups.keys)
    var equal: [Equal] = []
    for indicator in order {
      var told: Set<IndicatorMapping.Pair> = []
      for group in groups[indicator, default: []].sorted() {
        for (entry, compared) in mapping.groups[group].enumerated() where !compared.isNegated {
          guard told.insert(mapping.pairs[compared.pair]).inserted, equal.count < limit else { continue }
          equal.append(Equal(indicator: indicator, group: group, entry: entry))
        }
      }
      if equal.count >= limit { break }
    }
    let place = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    equal.sort { left, right in
      (left.group, left.entry, place[left.indicator] ?? 0) < (right.group, right.entry, place[right.indicator] ?? 0)
    }
    return (equal, order.count)
  }

  /// Indicators by their documents, the latest first, those of one time by their ids.
  private func order(_ indicators: some Collection<Int>) -> [Int] {
    guard indicators.count > 1 else { return Array(indicators) }
    let placed = indicators.sorted().map { ($0, times.isEmpty ? 0 : times[$0], id(of: $0)) }
    return placed.sorted { left, right in left.1 != right.1 ? left.1 > right.1 : left.2 < right.2 }.map(\.0)
  }

  private func id(of indicator: Int) -> EventID {
    if let known = ids.withLock({ $0[indicator] }) { return known }
    let kept = kept[indicator]
    // What cannot be read is told of when its document is asked for.
    let id = (try? texts[Int(kept.source)].id(of: kept.number)) ?? EventID(high: 0, low: 0)
    ids.withLock { $0[indicator] = id }
    return id
  }

  /// Why an alert cannot tell of an indicator, which `find` says the first time that it is asked for.
  func fault(of indicator: Int, _ find: () -> String?) -> String? {
    if let known = faults.withLock({ $0[indicator] }) { return known }
    let fault = find()
    faults.withLock { $0[indicator] = .some(fault) }
    return fault
  }

  /// Calls `body` with an indicator's document.
  func withRow<Result>(_ indicator: Int, _ body: (RecordRow) throws -> Result) throws -> Result {
    try texts[Int(kept[indicator].source)].withRow(kept[indicator].number, body)
  }

  // MARK: Explaining

  /// How many indicators have a value that one of an event's equals, by an entry of a group.
  func equal(_ entry: IndicatorMapping.Entry, _ values: IndicatorValues) -> Int {
    var codes: Set<UInt32> = []
    for value in values.fields[entry.event] {
      value.withScalar { indices[entry.pair].forEachMatch($0) { codes.insert($0) } }
    }
    var indicators: Set<UInt32> = []
    let holders = holders[entry.indicator]
    for code in codes {
      indicators.formUnion(holders.indicators[Int(holders.starts[Int(code) - 1])..<Int(holders.starts[Int(code)])])
    }
    return indicators.count
  }
}
