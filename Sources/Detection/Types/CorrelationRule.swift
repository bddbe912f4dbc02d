import Events
import Query
import Rules

/// A correlation of Sigma: groups of events of some rules within a span of time, of which enough came, or one of each rule, or
/// whose values come to something.
///
/// A span ends with the event at which it first holds. Its events are used up then, so that what follows begins anew; which
/// execution looks decides nothing. Numbers that may cease to fit (`lt`, `eq`, …) are asked of the span that ends with each
/// execution instead. Where there must be no event of a rule, a span is judged by an execution that sees all of it.
struct CorrelationRule: RuleProgram {
  let binding: EQLBinding
  let plan: SigmaPlan
  let signature: [UInt8]

  init(_ rule: Rule, _ binding: EQLBinding, _ plan: SigmaPlan) {
    self.binding = binding
    self.plan = plan
    signature = Array((rule.query ?? "").utf8)
  }

  var noting: Noting { .candidates(binding) }

  /// Which events a correlation within a correlation has used up depends on those before, and no alert tells of it: it begins with the
  /// events of so long before, in which there is a pause or else hardly anything depends on them any longer.
  var lookBehind: Int64 { plan.nodes.count > 1 ? 14 * 86_400_000 : 0 }
  func findings() -> any RuleFindings { CorrelationMatches(rule: self) }

  /// What events are grouped by, as alerts name it.
  var groupFields: [String] { groupFields(of: plan.nodes.count - 1) }

  /// The same of a correlation by its place, which may be one within the whole.
  func groupFields(of place: Int) -> [String] {
    let node = plan.nodes[place]
    let names = node.correlation.groupBy
    guard case .item(let item)? = node.sources.first else { return names }
    return plan.plan.items[item].keys.prefix(names.count).map { key in
      guard let name = RecordNames.name(ofPath: key.field) else { return key.field }
      return RecordNames.ecs(of: name) ?? name
    }
  }
}

/// What a correlation has matched.
struct CorrelationMatches: NotedFindings {
  static let matchBytes = 600

  let rule: CorrelationRule
  /// A note is what the rules look at of an event, as `EQLCandidate` writes it.
  var noted = NotedMatches()

  init(rule: CorrelationRule) { self.rule = rule }

  // MARK: Executions

  /// Matches that belong together, by their places.
  private struct Found {
    var group: [Value?]
    var events: [Int]
    var distinct: Int?
  }

  /// What the rules look at of each match; nil of one that is in no group.
  func candidates() -> [EQLCandidate?] {
    matches.map { match in
      match.notes.first.flatMap { note in
        noted.notes.withValue(note) {
          EQLCandidate(UnsafeRawBufferPointer($0.bytes), order: 0, itemCount: rule.plan.plan.items.count)
        }
      }
    }
  }

  func run(_ executions: Executions) -> Outcome {
    var outcome = Outcome()
    let candidates = candidates()
    // Events that some executions do not see are looked at execution by execution.
    let movesWithTime = matches.contains { $0.sighting.condition != ExecutionConditions.always }
    if rule.plan.outermost.isJudgedByExecution || movesWithTime {
      runEach(executions, candidates, &outcome)
    } else {
      let first = executions.ticks.lowerBound
      let found = evaluate(
        rule.plan.nodes.count - 1, Array(matches.indices), candidates, executions.counted,
        Sight(from: executions.windows.from(first) - rule.lookBehind, former: executions.windows.to(first - 1)), at: nil
      )
      schedule(found, executions, &outcome)
    }
    return outcome
  }

  /// What tells alerts of a correlation from each other.
  private struct Beginning: Hashable {
    var group: [String]
    var first: EventID
  }

  private func beginning(_ found: Found) -> Beginning {
    Beginning(group: found.group.map { $0.map(\.groupText) ?? "" }, first: matches[found.events[0]].sighting.id)
  }

  func counted(_ group: CountedGroup, in finding: Finding) -> Evidence.Counted {
    Evidence.Counted(
      group: group.terms.map(\.text), to: Timestamp(milliseconds: finding.sighting.time),
      ends: group.events.first.map { Evidence.Counted.Ends(first: $0.id, last: finding.sighting.id) })
  }

  /// Evaluates what each execution sees by itself; what was found on the same first event was found before.
  private func runEach(_ executions: Executions, _ candidates: [EQLCandidate?], _ outcome: inout Outcome) {
    let windows = executions.windows
    let span = rule.plan.outermost.timespan
    let isJudged = rule.plan.outermost.isJudgedByExecution
    var counted = executions.counted
    // An alert is that of its group and its first event.
    var created = Set(counted.compactMap { one in one.ends.map { Beginning(group: one.group, first: $0.first) } })
    executions.forEachWindow(of: matches.map(\.sighting.time)) { tick, range in
      let now = windows.time(tick).milliseconds
      let seen = range.filter { at in
        let sighting = matches[at].sighting
        return windows.sees(sighting.condition, tick)
          && (!isJudged || sighting.time > now - span && sighting.time <= now)
      }
      let found = evaluate(
        rule.plan.nodes.count - 1, seen, candidates, isJudged ? [] : counted,
        Sight(from: windows.from(tick), former: windows.to(tick - 1)), at: isJudged ? now : nil
      ).filter { one in !created.contains(beginning(one)) }
      for one in found.prefix(executions.maxSignals) {
        created.insert(beginning(one))
        let finding = finding(one, at: windows.time(tick))
        outcome.found.append(finding)
        if case .group(let group) = finding.basis { counted.append(self.counted(group, in: finding)) }
      }
      if found.count > executions.maxSignals {
        outcome.cuts.append(Replay.Cut(tick: windows.time(tick), count: found.count - executions.maxSignals))
      }
    }
  }

  /// Gives each finding to the first execution that sees all of it and has room.
  private func schedule(_ found: [Found], _ executions: Executions, _ outcome: inout Outcome) {
    let windows = executions.windows
    let (first, former) = (executions.ticks.lowerBound, windows.to(executions.ticks.lowerBound - 1))
    var waiting: [(found: Found, tick: Int64)] = found.compactMap { one in
      guard let last = one.events.last,
        let tick = windows.firstTick(reaching: matches[last].sighting.time, in: executions.ticks)
      else { return nil }
      // What is out of the first execution's sight was a matter of those before it.
      let isFormer = matches[last].sighting.time <= former
      return isFormer && matches[one.events[0]].sighting.time < windows.from(first) ? nil : (one, tick)
    }
    waiting.sort { ($0.tick, $0.found.events.last ?? 0) < ($1.tick, $1.found.events.last ?? 0) }
    var at = 0
    var lastTick = Int64.min
    var left: [Found] = []
    while at < waiting.count || !left.isEmpty {
      let tick = left.isEmpty ? waiting[at].tick : min(lastTick + 1, at < waiting.count ? waiting[at].tick : .max)
      lastTick = tick
      var mine = left
      while at < waiting.count, waiting[at].tick == tick {
        mine.append(waiting[at].found)
        at += 1
      }
      guard executions.ticks.contains(tick) else {
        outcome.lost += mine.count
        left = []
        continue
      }
      let inReach = mine.filter { windows.from(tick) <= matches[$0.events[0]].sighting.time }
      outcome.lost += mine.count - inReach.count
      for one in inReach.prefix(executions.maxSignals) { outcome.found.append(finding(one, at: windows.time(tick))) }
      left = Array(inReach.dropFirst(executions.maxSignals))
      if !left.isEmpty { outcome.cuts.append(Replay.Cut(tick: windows.time(tick), count: left.count)) }
    }
  }

  private func finding(_ found: Found, at tick: Timestamp) -> Finding {
    let events = found.events.map { matches[$0].sighting }
    guard let last = events.last else { preconditionFailure("a finding has an event") }
    let terms = found.group.map { NewTerm(kind: .string, text: $0.map(\.groupText) ?? "") }
    return Finding(
      tick: tick, sighting: last, basis: .group(CountedGroup(terms: terms, events: events, distinct: found.distinct)))
  }

  // MARK: Evaluation

  /// What takes part in a correlation: an event, or what another correlation found.
  struct Input {
    var time: Int64
    /// The rules, by their places, that it is of.
    var rules: Set<Int>
    /// The combinations of the fields to look at.
    var values: [[Value?]]
    var events: [Int]
    /// Of a finding before, or of its time, so that it counts for what it forbids alone.
    var isUsed = false

    /// What it still forbids when a finding has used it up; nil for nothing.
    fileprivate func used(_ forbidden: Set<Int>) -> Input? {
      let rules = rules.intersection(forbidden)
      return rules.isEmpty ? nil : Input(time: time, rules: rules, values: [], events: events, isUsed: true)
    }
  }

  /// What is seen of the events.
  struct Sight {
    /// The first time of which all is seen.
    var from: Int64
    /// The last time that executions before have judged.
    var former: Int64

    /// The first time at which a span ends that is to be judged.
    fileprivate func start(_ correlation: SigmaCorrelation) -> Int64 {
      // What an event out of sight would forbid, the executions before have seen.
      correlation.asksForAbsence ? min(from + correlation.timespan, former + 1) : .min
    }
  }

  /// Up to which event a group was counted.
  private struct End: Comparable {
    var time: Int64
    /// The last event of that time; all where it is nil.
    var id: EventID?

    init(_ counted: Evidence.Counted) { (time, id) = (counted.to.milliseconds, counted.ends?.last) }
    init(_ sighting: Sighting) { (time, id) = (sighting.time, sighting.id) }

    static func < (left: End, right: End) -> Bool {
      guard left.time == right.time, let mine = left.id else { return left.time < right.time }
      return right.id.map { mine < $0 } ?? true
    }
  }

  /// What a correlation finds, ordered by the last event.
  ///
  /// - Parameter now: of one that is judged by execution its time.
  private func evaluate(
    _ place: Int, _ seen: [Int], _ candidates: [EQLCandidate?], _ counted: [Evidence.Counted], _ sight: Sight,
    at now: Int64?
  ) -> [Found] {
    let node = rule.plan.nodes[place]
    let groups = groups(place, seen, candidates, sight)
    let forbidden = node.correlation.forbidden
    let ends = Dictionary(counted.map { ($0.group, End($0)) }) { max($0, $1) }
    var found: [Found] = []
    for (group, inputs) in groups {
      let end = ends.isEmpty ? nil : ends[group.map { $0.map(\.groupText) ?? "" }]
      let ordered = inputs.compactMap { input in
        guard let end, let last = input.events.last, end >= End(matches[last].sighting) else { return input }
        return input.used(forbidden)
      }.sorted {
        ($0.time, $0.events.last ?? 0, $0.events.count) < ($1.time, $1.events.last ?? 0, $1.events.count)
      }
      found +=
        now == nil ? slide(ordered, group, node.correlation, sight) : judge(ordered, group, node.correlation)
    }
    return found.sorted { left, right in
      left.events.last == right.events.last
        ? left.events.lexicographicallyPrecedes(right.events) : (left.events.last ?? 0) < (right.events.last ?? 0)
    }
  }

  /// What takes part in a correlation, by the values of its group, in no order.
  func groups(
    _ place: Int, _ seen: [Int], _ candidates: [EQLCandidate?], _ sight: Sight
  ) -> [[Value?]: [Input]] {
    let node = rule.plan.nodes[place]
    let width = node.correlation.groupBy.count
    var groups: [[Value?]: [Input]] = [:]
    for at in seen {
      guard let candidate = candidates[at] else { continue }
      var mine: [[Value?]: Input] = [:]
      for (number, source) in node.sources.enumerated() {
        guard case .item(let item) = source, let keys = candidate.items.first(where: { $0.item == item })?.keys else {
          continue
        }
        for key in keys {
          let group = Array(key.values.prefix(width))
          var input = mine[group] ?? Input(time: matches[at].sighting.time, rules: [], values: [], events: [at])
          input.rules.insert(number)
          let values = Array(key.values.dropFirst(width))
          if !input.values.contains(values) { input.values.append(values) }
          mine[group] = input
        }
      }
      for (group, input) in mine { groups[group, default: []].append(input) }
    }
    for (number, source) in node.sources.enumerated() {
      guard case .node(let inner, let keys) = source else { continue }
      let names = rule.plan.nodes[inner].correlation.groupBy
      for found in evaluate(inner, seen, candidates, [], sight, at: nil) {
        guard let last = found.events.last else { continue }
        let group = keys.map { key in names.firstIndex(of: key).flatMap { found.group[$0] } }
        groups[group, default: []].append(
          Input(time: matches[last].sighting.time, rules: [number], values: [], events: found.events))
      }
    }
    return groups
  }

  private func judge(_ inputs: [Input], _ group: [Value?], _ correlation: SigmaCorrelation) -> [Found] {
    guard !inputs.isEmpty else { return [] }
    var window = CorrelationWindow(correlation)
    for input in inputs { window.append(input.time, input.rules, input.values) }
    return window.holds ? [found(inputs, group, window)] : []
  }

  private func slide(
    _ inputs: [Input], _ group: [Value?], _ correlation: SigmaCorrelation, _ sight: Sight
  ) -> [Found] {
    var found: [Found] = []
    let first = sight.start(correlation)
    let (asksForAbsence, forbidden) = (correlation.asksForAbsence, correlation.forbidden)
    var window = CorrelationWindow(correlation)
    var held: [Input] = []
    var start = 0
    for (at, input) in inputs.enumerated() {
      held.append(input)
      window.append(input.time, input.rules, input.values)
      while held[start].time < input.time - correlation.timespan {
        window.removeFirst()
        start += 1
      }
      guard !input.isUsed, input.time >= first, window.holds else { continue }
      // What an event forbids, it forbids others of its time as well: the last of them decides.
      if asksForAbsence, at + 1 < inputs.count, inputs[at + 1].time == input.time { continue }
      found.append(self.found(held[start...].filter { !$0.isUsed }, group, window))
      held = Self.forbidding(held[start...], forbidden)
      window = CorrelationWindow(correlation)
      for one in held { window.append(one.time, one.rules, one.values) }
      start = 0
    }
    return found
  }

  /// What still forbids something when all is used up: of each rule the last.
  private static func forbidding(_ inputs: ArraySlice<Input>, _ forbidden: Set<Int>) -> [Input] {
    guard !forbidden.isEmpty else { return [] }
    var left = forbidden
    var kept: [Input] = []
    for input in inputs.reversed() {
      guard let used = input.used(left) else { continue }
      kept.append(used)
      left.subtract(used.rules)
      if left.isEmpty { break }
    }
    return kept.reversed()
  }

  private func found(_ inputs: [Input], _ group: [Value?], _ window: CorrelationWindow) -> Found {
    Found(group: group, events: Set(inputs.flatMap(\.events)).sorted(), distinct: window.distinct)
  }
}

extension Value {
  /// A value by which events are grouped, as a text.
  var groupText: String {
    switch self {
    case .text(let text): text
    case .boolean(let flag): flag ? "true" : "false"
    case .whole(let number): String(number)
    case .unsigned(let number): String(number)
    case .double(let number): "\(number)"
    case .address(let address): address.text
    case .version(let version): version.text
    case .point(let x, let y): "\(x),\(y)"
    case .span(let months, let days, let rest): "\(months),\(days),\(rest)"
    }
  }
}
