import Events

/// Checks a rule's windows of time.
enum ScheduleCheck {
  static func check(_ report: inout RuleReport, now: Timestamp) {
    let rule = report.rule
    let schedule = rule.schedule
    let (from, to) = schedule.window(at: now)
    let span = WindowSpan(schedule.from, schedule.to, now: now)
    if span.longest < 0 {
      report.error(
        "to",
        "The window ends before it starts: `to` (\(schedule.to.text)) lies before `from` (\(schedule.from.text)).")
    } else {
      if span.shortest < 0 {
        report.warning(
          "to",
          "At some times the window ends before it starts, and an execution then sees nothing: `to` "
            + "(\(schedule.to.text)) lies before `from` (\(schedule.from.text)).")
      }
      checkGap(&report, lookBack: span.longest)
    }
    checkOddTime(&report, "from", schedule.from, from, now: now)
    checkOddTime(&report, "to", schedule.to, to, now: now)
    if schedule.maxSignals < 1 {
      report.error("max_signals", "`max_signals` is \(schedule.maxSignals); an execution must be allowed one alert.")
    }
    if let newTerms = rule.newTerms {
      let start = newTerms.historyWindowStart
      // It counts from the end of the window.
      let history = WindowSpan(start, after: schedule.to, schedule.from, now: now)
      if history.longest <= 0 {
        report.error(
          "history_window_start",
          "The history starts at \(start.text), which is not before `from` (\(schedule.from.text)): with no history, "
            + "every value is new.")
      } else {
        if history.shortest <= 0 {
          report.warning(
            "history_window_start",
            "At some times the history starts at \(start.text) and not before `from` (\(schedule.from.text)): with no "
              + "history, every value is new then.")
        }
        checkOddTime(&report, "history_window_start", start, start.resolve(now: to, roundingUp: false), now: now)
      }
    }
  }

  /// Warns of a time at which there are no events: as `now-10000y`, which probably says another unit than was meant.
  private static func checkOddTime(
    _ report: inout RuleReport, _ path: RuleKeyPath, _ math: DateMath, _ time: Timestamp, now: Timestamp
  ) {
    let day: Int64 = 86_400_000
    if time == .earliest || time == .latest {
      report.warning(
        path, "\(math.text) lies beyond the calendar, which goes from the year 1 to 9999, and counts as its end.")
    } else if time < .earliestPlausible {
      report.warning(
        path,
        "\(math.text) lies in the year \(CivilTime(time).year): no event is to be expected before "
          + "\(CivilTime(.earliestPlausible).year).")
    } else if time.milliseconds > now.milliseconds + day {
      report.warning(path, "\(math.text) lies in the future (\(time.iso8601)): no event is to be expected there.")
    }
  }

  private static func checkGap(_ report: inout RuleReport, lookBack: Int64) {
    let schedule = report.rule.schedule
    // An absolute window does not move along, so that nothing can fall between two executions.
    guard schedule.from.isRelative, lookBack < schedule.interval.milliseconds else { return }
    let missed = (schedule.interval.milliseconds - lookBack) / 1000
    report.warning(
      "from",
      "Each execution looks back \(lookBack / 1000) s and they are \(schedule.interval.milliseconds / 1000) s apart: "
        + "\(missed) s of every \(schedule.interval.text) are never looked at. Start earlier, or run more often.")
  }
}
