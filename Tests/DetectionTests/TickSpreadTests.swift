import Detection
import Events
import Testing

@Suite("Spreading executions") struct TickSpreadTests {
  private static let interval: Int64 = 300_000
  private static let rules = (0..<2000).map { "rule-\($0)" }

  private static func uuid(_ number: Int) -> String {
    let digits = String(UInt64(number) &* 0x9E37_79B9_7F4A_7C15, radix: 16)
    return "00000000-0000-4000-8000-" + String(repeating: "0", count: max(0, 16 - digits.count)) + digits
  }

  @Test("Of 2,000 rules of five minutes hardly any two dozen begin in one second", arguments: [false, true])
  func second(areUUIDs: Bool) {
    let spread = TickSpread(fraction: 0.8)
    let ids = areUUIDs ? (0..<2000).map(Self.uuid) : Self.rules
    var seconds: [Int64: Int] = [:]
    for id in ids { seconds[spread.offset(of: id, interval: Self.interval) / 1000, default: 0] += 1 }
    // 2,000 over 240 seconds are 8.3 in each.
    #expect(seconds.values.max() ?? 0 < 24, "\(seconds.values.max() ?? 0)")
    #expect(seconds.count > 230)
    #expect(seconds.keys.max() ?? 0 <= 240 && seconds.keys.min() ?? -1 >= 0)
    // Each tenth of the room has its part of them.
    for tenth in 0..<10 {
      let count = seconds.filter { $0.key / 24 == tenth }.values.reduce(0, +)
      #expect((140...260).contains(count), "\(tenth): \(count)")
    }
  }

  @Test("An offset comes of the rule's id alone: the same in every process, and for each execution")
  func stable() {
    let spread = TickSpread(fraction: 0.8)
    #expect(spread.offset(of: "rule-1", interval: Self.interval) == 58_151)
    #expect(spread.offset(of: "4bd1c1af-79d4-4d37-9efa-6e0240640242", interval: Self.interval) == 112_923)
    for number in 0..<50 {
      let tick = Timestamp(milliseconds: Self.interval * (5_900_000 + Int64(number)))
      let start = spread.start(of: tick, ruleID: "rule-1", interval: Self.interval)
      #expect(start.milliseconds - tick.milliseconds == 58_151)
    }
  }

  @Test("The execution's own time stays on a multiple of the interval, and each is begun once, in order")
  func ticks() {
    let spread = TickSpread(fraction: 0.8)
    for id in Self.rules.prefix(200) {
      var now = Timestamp(milliseconds: 1_767_225_600_123)
      var last = spread.newestTick(begunBy: now, ruleID: id, interval: Self.interval)
      #expect(spread.start(of: last, ruleID: id, interval: Self.interval) <= now)
      for _ in 0..<5 {
        let next = spread.next(after: now, ruleID: id, interval: Self.interval)
        #expect(next.tick.milliseconds % Self.interval == 0)
        #expect(next.tick.milliseconds == last.milliseconds + Self.interval && next.start > now)
        // A moment before it has not begun; at its start it has.
        let before = Timestamp(milliseconds: next.start.milliseconds - 1)
        #expect(spread.newestTick(begunBy: before, ruleID: id, interval: Self.interval) == last)
        #expect(spread.newestTick(begunBy: next.start, ruleID: id, interval: Self.interval) == next.tick)
        (last, now) = (next.tick, next.start)
      }
    }
  }

  @Test("An offset is less than the interval and no more than the longest; without a fraction there is none")
  func bounds() {
    for interval: Int64 in [1, 2, 999, 60_000, 300_000, 86_400_000, .max] {
      for id in Self.rules.prefix(300) {
        #expect(TickSpread(fraction: 0).offset(of: id, interval: interval) == 0)
        #expect(TickSpread(fraction: .nan).offset(of: id, interval: interval) == 0)
        let whole = TickSpread(fraction: 7).offset(of: id, interval: interval)
        #expect(whole >= 0 && whole < interval && whole <= 300_000)
        let half = TickSpread(fraction: 0.5, longest: .max).offset(of: id, interval: interval)
        #expect(half >= 0 && half <= interval / 2)
      }
    }
    let negative = TickSpread(fraction: 0.5).newestTick(
      begunBy: Timestamp(milliseconds: -1), ruleID: "a", interval: 1000)
    #expect(negative.milliseconds == -1000 || negative.milliseconds == -2000)
    #expect(
      TickSpread(fraction: 1).newestTick(begunBy: Timestamp(milliseconds: .min), ruleID: "a", interval: 1000)
        .milliseconds < 0)
  }
}
