import CloudTrail
import Events
import Rules

/// Runs a rule tick by tick over a plain array of events, exactly as the description of an execution reads.
///
/// It is slow on purpose: every execution looks at every event anew. The engine is held equal to it.
struct ReferenceHunt {
  /// What an alert is made of, and so what its id says.
  struct Thing: Hashable, Comparable {
    var source: String
    var terms: [String]

    static func < (left: Thing, right: Thing) -> Bool {
      left.source != right.source ? left.source < right.source : left.terms.lexicographicallyPrecedes(right.terms)
    }
  }

  struct Created: Hashable {
    var tick: Int64
    var thing: Thing
    var evidence: Found
  }

  /// What an execution saw beside the event itself.
  struct Found: Hashable {
    /// Matching events in the window and, for new terms, in the history before it.
    var matched: [Int]
    /// For each new term when its value was last seen before.
    var lastSeen: [Int64?]
  }

  /// Takes events of a provider out of the rule, for executions up to a time or for all; where it names a relative time, only
  /// those that pass it.
  struct Exception {
    var provider: String
    var expires: Int64?
    var time: RelativeTime?

    func holds(for event: TestEvent, at tick: Int64) -> Bool {
      event.provider == provider && expires.map { tick <= $0 } ?? true && time?.holds(for: event, at: tick) ?? true
    }
  }

  /// A condition on a time that counts from each execution's own, as `event.ingested >= now-1h/h`.
  struct RelativeTime {
    var field: String
    var sign: String
    var math: String
    var isNegated = false
    /// Another condition that will do as well.
    var provider: String?

    var query: String {
      let condition = "\(field) \(sign) \"\(math)\""
      return (isNegated ? "not " : "") + (provider.map { "(\(condition) or event.provider: \($0))" } ?? condition)
    }

    func holds(for event: TestEvent, at tick: Int64) -> Bool {
      let time = field != "@timestamp" ? event.stored : event.hasTime ? event.time : nil
      // Bounds round up where what is rounded away belongs to them: `>` and `<=`.
      guard let math = try? DateMath(math) else { return false }
      let bound = math.resolve(now: Timestamp(milliseconds: tick), roundingUp: sign == ">" || sign == "<=").milliseconds
      let passes =
        time.map { time in
          switch sign {
          case ">": time > bound
          case ">=": time >= bound
          case "<": time < bound
          default: time <= bound
          }
        } ?? false
      let holds = passes || provider != nil && event.provider == provider
      return isNegated ? !holds : holds
    }
  }

  struct Cut: Hashable {
    var tick: Int64
    var count: Int
  }

  private(set) var created: [Created] = []
  private(set) var cuts: [Cut] = []
  /// Things that executions found and none created.
  private(set) var lost = 0
  private(set) var executions = 0

  init(
    _ rule: Rule, _ events: [TestEvent], relative: RelativeTime? = nil, exceptions: [Exception] = [],
    earliestTick: Int64? = nil,
    latestTick: Int64? = nil
  ) {
    let interval = rule.schedule.interval.milliseconds
    let times = events.filter(\.hasTime).map(\.time) + events.compactMap { Self.time($0, rule) }
    guard let earliest = times.min(), let latest = times.max() else { return }
    let matching = Self.distinct(events).filter { $0.action == "Match" }
    var found: Set<Thing> = []
    var done: Set<Thing> = []
    // The first multiple of the interval at or after the earliest event; the times of the tests lie after 1970.
    var tick = (earliest + interval - 1) / interval * interval
    while Self.window(rule, tick).from <= latest {
      defer { tick += interval }
      if let earliestTick, tick < earliestTick { continue }
      if let latestTick, tick > latestTick { break }
      executions += 1
      let matching = matching.filter { event in
        relative?.holds(for: event, at: tick) ?? true && !exceptions.contains { $0.holds(for: event, at: tick) }
      }
      let things = Self.execute(rule, matching, tick)
      found.formUnion(things)
      let fresh = things.filter { !done.contains($0) }
      for thing in fresh.prefix(rule.schedule.maxSignals) {
        created.append(Created(tick: tick, thing: thing, evidence: Self.evidence(rule, matching, tick, thing)))
        done.insert(thing)
      }
      let left = fresh.count - rule.schedule.maxSignals
      if left > 0 { cuts.append(Cut(tick: tick, count: left)) }
    }
    lost = found.subtracting(done).count
  }

  /// What one execution finds, earliest events first.
  static func execute(_ rule: Rule, _ events: [TestEvent], _ tick: Int64) -> [Thing] {
    let window = window(rule, tick)
    guard let terms = rule.newTerms else {
      let inside = events.filter { event in
        time(event, rule).map { window.from <= $0 && $0 <= window.to } ?? false
      }
      return inside.sorted { precedes($0, $1, rule) }.map { Thing(source: $0.id, terms: []) }
    }
    let history = history(terms, window)
    var earliest: [[String]: TestEvent] = [:]
    for event in events {
      guard let time = time(event, rule), history <= time, time <= window.to else { continue }
      for combination in combinations(event, terms.fields) {
        if let known = earliest[combination], !before(event, known, rule) { continue }
        earliest[combination] = event
      }
    }
    // Seen at the very start of the window is seen before.
    let new = earliest.filter { _, event in time(event, rule).map { window.from < $0 && $0 <= window.to } ?? false }
    return new.sorted { left, right in
      if left.value != right.value { return before(left.value, right.value, rule) }
      return left.key.lexicographicallyPrecedes(right.key)
    }.map { Thing(source: $0.value.id, terms: $0.key) }
  }

  private static func evidence(_ rule: Rule, _ events: [TestEvent], _ tick: Int64, _ thing: Thing) -> Found {
    let window = window(rule, tick)
    func count(_ holds: (Int64) -> Bool) -> Int { events.count { time($0, rule).map(holds) ?? false } }
    let inside = count { window.from <= $0 && $0 <= window.to }
    guard let terms = rule.newTerms, let source = events.first(where: { $0.id == thing.source }) else {
      return Found(matched: [inside], lastSeen: [])
    }
    let history = history(terms, window)
    let lastSeen = zip(terms.fields, thing.terms).map { field, value in
      events.filter { event in
        // Only events that take part in the rule.
        !combinations(event, terms.fields).isEmpty && event.values(field).contains(value) && before(event, source, rule)
      }.compactMap { time($0, rule) }.filter { $0 >= history }.max()
    }
    return Found(matched: [inside, count { history <= $0 && $0 < window.from }], lastSeen: lastSeen)
  }

  static func window(_ rule: Rule, _ tick: Int64) -> (from: Int64, to: Int64) {
    let now = Timestamp(milliseconds: tick)
    return (
      rule.schedule.from.resolve(now: now, roundingUp: false).milliseconds,
      rule.schedule.to.resolve(now: now, roundingUp: false).milliseconds
    )
  }

  /// The start of the history, which counts from the end of the window.
  private static func history(_ terms: NewTermsParameters, _ window: (from: Int64, to: Int64)) -> Int64 {
    terms.historyWindowStart.resolve(now: Timestamp(milliseconds: window.to), roundingUp: false).milliseconds
  }

  /// The order in which a query rule takes events: by its own timestamp, then by `@timestamp`.
  private static func precedes(_ left: TestEvent, _ right: TestEvent, _ rule: Rule) -> Bool {
    guard rule.timestampOverride == "event.ingested" else { return before(left, right, rule) }
    // What lacks the override comes last.
    func key(_ event: TestEvent) -> (Int64, Int64) { (event.stored ?? .max, event.hasTime ? event.time : .max) }
    return key(left) != key(right) ? key(left) < key(right) : left.identity < right.identity
  }

  /// The event's time as the rule sees it; nil when the rule passes over the event.
  static func time(_ event: TestEvent, _ rule: Rule) -> Int64? {
    guard rule.timestampOverride == "event.ingested" else { return event.hasTime ? event.time : nil }
    if let stored = event.stored { return stored }
    return rule.timestampOverrideFallbackDisabled ? nil : event.time
  }

  private static func before(_ left: TestEvent, _ right: TestEvent, _ rule: Rule) -> Bool {
    guard let one = time(left, rule), let other = time(right, rule) else { return false }
    return one != other ? one < other : left.identity < right.identity
  }

  /// Every combination of one value per field, in the order of the fields.
  private static func combinations(_ event: TestEvent, _ fields: [String]) -> Set<[String]> {
    var combinations: Set<[String]> = [[]]
    for field in fields {
      var longer: Set<[String]> = []
      for start in combinations {
        for value in event.values(field) { longer.insert(start + [value]) }
      }
      combinations = longer
    }
    return combinations
  }

  /// The events without those that were delivered again.
  static func distinct(_ events: [TestEvent]) -> [TestEvent] {
    var known: Set<String> = []
    return events.filter { known.insert($0.id).inserted }
  }
}
