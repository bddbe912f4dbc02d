import Query
import Rules

/// Looks for what a detection of Sigma asks of parts of times that no time has, and for correlations that may be meant to wait.
enum SigmaLint {
  static func check(_ report: inout LintReport) {
    guard report.rule.language == .sigma, let query = try? SigmaQuery(report.rule.query ?? "") else { return }
    switch query.form {
    case .detection(let part): checkTimes(part, &report)
    case .correlation(let plan): checkAbsence(plan.outermost, &report)
    }
  }

  /// A rule under `not` is asked of what came before an alert, and may be meant of what comes after.
  private static func checkAbsence(_ correlation: SigmaCorrelation, _ report: inout LintReport) {
    guard correlation.asksForAbsence else { return }
    let names = correlation.forbidden.sorted().map { "“\(correlation.rules[$0].prefix(60))”" }
    let what = names.isEmpty ? "of rules under `not`" : "of \(names.joined(separator: ", "))"
    report.add(
      "correlation-absence", at: "query",
      "`not` asks that no event \(what) came before, within the timespan: none is waited for, and one that comes later takes "
        + "no alert back.")
  }

  private static func checkTimes(_ part: SigmaQuery.Part, _ report: inout LintReport) {
    var told: Set<String> = []
    for (unit, sign, number) in part.whole.timeParts {
      let range = unit.numbers
      let values = range.count { sign.holds($0 < number ? -1 : $0 == number ? 0 : 1) }
      guard values == 0 || values == range.count else { continue }
      let text = "`\(unit.rawValue)` \(sign.rawValue) \(number) is true of \(values == 0 ? "no" : "every") time: "
      guard told.insert(text).inserted else { continue }
      report.add("time-part", at: "query", text + "it goes from \(range.lowerBound) to \(range.upperBound).")
    }
  }
}

extension SigmaTest.TimePart {
  /// The numbers that times have.
  fileprivate var numbers: ClosedRange<Int> {
    switch self {
    case .minute: 0...59
    case .hour: 0...23
    case .day: 1...31
    case .week: 1...53
    case .month: 1...12
    case .year: 0...9999
    }
  }
}

extension SigmaExpression {
  /// What is asked of parts of times.
  fileprivate var timeParts: [(SigmaTest.TimePart, ComparisonOperator, Int)] {
    switch self {
    case .and(let parts), .or(let parts): parts.flatMap(\.timeParts)
    case .not(let part): part.timeParts
    case .test(_, .part(let part, let sign, let number)): [(part, sign, number)]
    case .test, .absent, .reference: []
    }
  }
}
