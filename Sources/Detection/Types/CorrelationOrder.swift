/// Looks for an event of each rule, in the order of the rules: an event for one rule only, times that do not decrease, the
/// first event as late as can be.
struct CorrelationOrder {
  private let ruleCount: Int
  /// The places in the order of the rules that have one.
  private let places: [Int: Int]
  /// For each rule the latest time at which events of it and all before it can begin, of events before `time`.
  private var settled: [Int64?]
  /// The same with the events of `time`.
  private var current: [Int64?]
  private var time = Int64.min
  /// The rules of the events of `time`, which have no order among them, and how many have the same.
  private var together: [Set<Int>: Int] = [:]

  /// - Parameter rules: those that are looked for, in their order; events of others are passed over.
  init(_ rules: [Int]) {
    ruleCount = rules.count
    places = Dictionary(uniqueKeysWithValues: rules.enumerated().map { ($1, $0) })
    settled = Array(repeating: nil, count: ruleCount)
    current = settled
  }

  /// When events of all rules, in their order, begin at the latest; nil where there are no such.
  var latestStart: Int64? { current.last.flatMap(\.self) }

  /// Adds an event.
  ///
  /// - Parameters:
  ///   - time: no earlier than that of the event before.
  ///   - rules: the rules that it is of, by their places.
  mutating func append(_ time: Int64, _ rules: Set<Int>) {
    let rules = Set(rules.compactMap { places[$0] })
    guard !rules.isEmpty else { return }
    if time > self.time {
      settled = current
      self.time = time
      together = [:]
    }
    let count = together[rules, default: 0]
    // More events of the same rules than there are rules serve nothing.
    guard count < rules.count else { return }
    together[rules] = count + 1
    extend()
  }

  private mutating func extend() {
    current = settled
    let events = together.flatMap { rules, count in Array(repeating: rules, count: count) }
    for first in 0..<ruleCount where events.contains(where: { $0.contains(first) }) {
      guard let start = first == 0 ? time : settled[first - 1] else { continue }
      for rule in first..<reach(from: first, of: events) { current[rule] = max(current[rule] ?? .min, start) }
    }
  }

  /// The rule behind the last of those from `first` on that have an event each.
  private func reach(from first: Int, of events: [Set<Int>]) -> Int {
    var ruleOfEvent: [Int?] = Array(repeating: nil, count: events.count)
    /// Gives an event to a rule, moving rules that have one to others where need be.
    func serve(_ rule: Int, _ tried: inout Set<Int>) -> Bool {
      for event in events.indices where events[event].contains(rule) && tried.insert(event).inserted {
        if let other = ruleOfEvent[event] { guard serve(other, &tried) else { continue } }
        ruleOfEvent[event] = rule
        return true
      }
      return false
    }
    var rule = first
    while rule < ruleCount {
      var tried: Set<Int> = []
      guard serve(rule, &tried) else { break }
      rule += 1
    }
    return rule
  }
}
