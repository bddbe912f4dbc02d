import Detection
import Events
import Foundation

/// A back-test as text for a person.
public struct BacktestText {
  private let run: BacktestRun
  private let span: ClosedRange<Timestamp>
  private let events: Int
  private let elapsed: Double

  /// `elapsed`: seconds that the whole run took.
  public init(_ run: BacktestRun, span: ClosedRange<Timestamp>, events: Int, elapsed: Double) {
    self.run = run
    self.span = span
    self.events = events
    self.elapsed = elapsed
  }

  /// Days up to which each has a line of its own.
  private static let mostDayLines = 45
  private static let barWidth = 40

  public func text(against other: BacktestRun?) -> String {
    var lines = [title(run), summary(run), ""]
    lines += chart
    lines += loudest
    if let account = run.alertSupply { lines += [""] + AlertSupplyText.lines(account) }
    lines += ["", "Cost", "  " + cost(run)]
    if let other { lines += comparison(other) }
    return lines.map(Terminal.safe).joined(separator: "\n")
  }

  private func title(_ run: BacktestRun) -> String { "\(run.rule.name), version \(run.rule.version)" }

  private func summary(_ run: BacktestRun) -> String {
    let days = run.alertsPerDay(span)
    var line =
      "\(CountText.count(events, "event")), \(span.lowerBound.iso8601) to \(span.upperBound.iso8601); \(CountText.count(run.executions, "execution")); "
    line += CountText.count(run.alerts.count, "alert")
    if !run.alerts.isEmpty { line += " on \(days.count { $0.count > 0 }) of \(CountText.count(days.count, "day"))" }
    if run.lost > 0 { line += "; max_signals kept \(run.lost) more from being created" }
    return line
  }

  // MARK: Chart

  private var chart: [String] {
    let days = run.alertsPerDay(span)
    let most = max(1, days.map(\.count).max() ?? 0)
    guard days.count > Self.mostDayLines else {
      return days.map { day, count in
        // A block an alert, while they fit.
        let width = most <= Self.barWidth ? count : count == 0 ? 0 : max(1, count * Self.barWidth / most)
        let bar = String(repeating: "█", count: width)
        return "  \(day.iso8601.prefix(10))  \(bar)\(count == 0 ? "" : " \(count)")"
      }
    }
    // A glyph a day, some weeks a line.
    let glyphs = Array("▁▂▃▄▅▆▇█")
    let perLine = 56
    return stride(from: 0, to: days.count, by: perLine).map { start in
      let part = days[start..<min(start + perLine, days.count)]
      let bars = part.map { $0.count == 0 ? "·" : String(glyphs[($0.count * (glyphs.count - 1) + most - 1) / most]) }
      return "  \(part[start].day.iso8601.prefix(10))  \(bars.joined())  \(part.reduce(0) { $0 + $1.count })"
    } + ["  the highest bar is \(CountText.count(most, "alert")) a day"]
  }

  // MARK: Terms

  private var loudest: [String] {
    guard !run.alerts.isEmpty else { return [] }
    var lists: [(String, [BacktestRun.Loud])] = []
    if let fields = run.rule.newTerms?.fields {
      for (at, field) in fields.enumerated() {
        lists.append((field, run.loudest { $0.terms.indices.contains(at) ? $0.terms[at].text : nil }))
      }
    }
    lists += [("who", run.loudest(\.actor)), ("what", run.loudest(\.action)), ("from", run.loudest(\.origin))]
    return ["", "Loudest"]
      + lists.flatMap { name, values in
        ["  \(name)"]
          + values.map {
            "  \(String(repeating: " ", count: max(0, 8 - String($0.count).count)))\($0.count)  \($0.value)"
          }
      }
  }

  // MARK: Cost

  private func cost(_ run: BacktestRun) -> String {
    let all = events + run.alertsRead
    func share(_ count: Int) -> String {
      all == 0 ? "" : String(format: " (%.3f %%)", Double(count) * 100 / Double(all))
    }
    let alerts = run.alertSupply == nil ? "" : " and \(CountText.count(run.alertsRead, "alert"))"
    return
      "of \(CountText.count(events, "event"))\(alerts) \(run.work.mapped) had to be looked at closely\(share(run.work.mapped)) and "
      + "\(run.work.matched) matched\(share(run.work.matched)); "
      + String(format: "%.3f s of processor time in the rule, in a run of %.2f s", run.time.seconds, elapsed)
  }

  // MARK: Comparison

  /// How many alerts that appear or disappear are listed.
  private static let mostListed = 20

  private func comparison(_ other: BacktestRun) -> [String] {
    let (appearing, disappearing) = run.compared(with: other)
    var lines = ["", "Against \(title(other))", "  " + summary(other), "  " + cost(other)]
    if let account = other.alertSupply { lines += AlertSupplyText.lines(account).map { "  " + $0 } }
    lines.append(
      "  \(CountText.count(appearing.count, "alert")) appear\(appearing.count == 1 ? "s" : ""), "
        + "\(disappearing.count) disappear\(disappearing.count == 1 ? "s" : "")")
    for (mark, alerts) in [("+", appearing), ("-", disappearing)] {
      lines += alerts.prefix(Self.mostListed).map { "  \(mark) \(Self.line($0))" }
      if alerts.count > Self.mostListed { lines.append("  \(mark) … and \(alerts.count - Self.mostListed) more") }
    }
    return lines
  }

  private static func line(_ alert: BacktestRun.AlertLine) -> String {
    let words = [alert.actor ?? "-", alert.action ?? "-", alert.origin ?? "-"] + alert.terms.map(\.text)
    return "\(alert.time.iso8601)  \(words.joined(separator: "  "))"
  }
}
