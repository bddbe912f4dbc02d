import Foundation

/// Where and how a series of values changes, as Elasticsearch's machine learning tells it.
struct ChangePoint: Equatable {
  /// `spike`, `dip`, `step_change`, `trend_change` or `distribution_change`; empty where there is none.
  var type: String
  /// The place of the value at which it changes; nil where it does not, or all the way.
  var place: Int?
  var pValue: Double

  static let none = ChangePoint(type: "", place: nil, pValue: 1)
  /// So many values are needed.
  static let leastValues = 22
  private static let threshold = 0.01

  init(type: String, place: Int?, pValue: Double) { (self.type, self.place, self.pValue) = (type, place, pValue) }

  /// The change of a series; nil where it has too few values.
  init?(_ values: [Double]) {
    guard values.count >= Self.leastValues else { return nil }
    let spike = SpikeDetector(values).change(below: Self.threshold)
    let change = ChangeDetector(values).change(below: Self.threshold)
    self = spike.pValue < change.pValue ? spike : change
  }
}

/// Judges whether a series has a trend, or changes at some place for good, by tests of nested models.
private struct ChangeDetector {
  private struct Test {
    var type: String
    var pValue: Double
    var variance: Double
    var parameters: Double
    var place: Int?
  }

  private let values: [Double]
  private let weights: [Double]
  private let candidates: [Int]
  private let all: RunningMoments

  init(_ values: [Double]) {
    self.values = values
    let least = max(Int(0.1 * Double(values.count) + 0.5), 10)
    let span = values.count - 2 * least
    let step = span <= 1000 ? 1 : Int((Double(span) / 1000).rounded(.up))
    candidates = (least..<(values.count - least)).filter { $0 % step == 0 }
    // The outermost values count little.
    let sorted = values.sorted()
    let edge = Int((0.025 * Double(values.count)).rounded(.up))
    let (lowest, highest) = (sorted[edge], sorted[values.count - edge - 1])
    weights = values.map { $0 >= lowest && $0 <= highest ? 1 : 0.01 }
    var all = RunningMoments()
    for (value, weight) in zip(values, weights) { all.add(value, weight) }
    self.all = all
  }

  func change(below least: Double) -> ChangePoint {
    // By simulations of how much a test of so many values tells.
    let threshold = least * exp(-0.04 * Double(values.count - ChangePoint.leastValues))
    guard !candidates.isEmpty, !(all.variance < (2 * all.count * all.mean).ulp.squareRoot()) else { return .none }
    let stationary = Test(type: "stationary", pValue: 1, variance: all.variance, parameters: 1)
    var best = stationary
    var places: [Int] = []
    func accepts(_ test: Test) -> Bool { test.pValue < threshold && 1 - test.variance / all.variance >= 0.5 }
    let trend = trend(against: stationary)
    if accepts(trend) {
      let change = trendChange(against: trend)
      places.append(change.place ?? -1)
      if accepts(change) {
        let step = stepChange(against: stationary)
        best = nested(step.variance, 2, change.variance, 6) < threshold ? change : step
      } else {
        best = trend
      }
    } else {
      let step = stepChange(against: stationary)
      places.append(step.place ?? -1)
      let change = trendChange(against: accepts(step) ? step : stationary)
      best = accepts(change) ? change : accepts(step) ? step : stationary
    }
    let certainty = ofTrials(nested(all.variance, 1, best.variance, best.parameters), candidates.count)
    if certainty > 1e-5 {
      let distribution = distributionChange(places)
      if distribution.pValue < min(threshold, 0.1 * certainty) { return distribution }
    }
    switch best.type {
    case "stationary": return .none
    default: return ChangePoint(type: best.type, place: best.place, pValue: certainty)
    }
  }

  // MARK: Tests

  /// How likely it is that a model with more parameters explains so much more by chance.
  private func nested(_ before: Double, _ fewer: Double, _ after: Double, _ more: Double) -> Double {
    if after == before { return 1 }
    if after == 0 { return 0 }
    let ratio = (before - after) / (more - fewer) * (all.count - more) / after
    return min(
      2 * SpecialFunctions.moreThan(ratio, numerator: more - fewer, denominator: all.count - more), 1)
  }

  /// How likely one of so many tries comes out so.
  private func ofTrials(_ pValue: Double, _ count: Int) -> Double {
    pValue > 1e-10 ? 1 - pow(1 - pValue, Double(count)) : Double(count) * pValue
  }

  private func trend(against null: Test) -> Test {
    var regression = RunningRegression()
    for (at, value) in values.enumerated() { regression.add(Double(at), value, weights[at]) }
    let variance = all.variance * (1 - regression.rSquared)
    return Test(
      type: "non_stationary", pValue: nested(null.variance, null.parameters, variance, 3), variance: variance,
      parameters: 3)
  }

  /// A test that tells nothing: the squares of the values are beyond what a number can be.
  private static func untold(_ type: String, _ null: Test) -> Test {
    Test(type: type, pValue: 1, variance: null.variance, parameters: null.parameters)
  }

  /// The values before and behind each candidate, one after the other.
  private func forEachCut(_ body: (Int, RunningMoments, RunningMoments) -> Void) {
    var (lower, upper) = (RunningMoments(), RunningMoments())
    var last = candidates[0]
    for at in 0..<last { lower.add(values[at], weights[at]) }
    for at in last..<values.count { upper.add(values[at], weights[at]) }
    for cut in candidates {
      for at in last..<cut {
        lower.add(values[at], weights[at])
        upper.remove(values[at], weights[at])
      }
      last = cut
      body(cut, lower, upper)
    }
  }

  private func stepChange(against null: Test) -> Test {
    var (least, place) = (Double.greatestFiniteMagnitude, -1)
    forEachCut { cut, lower, upper in
      let variance =
        (lower.count * lower.variance + upper.count * upper.variance) / (lower.count + upper.count)
      if variance < least { (least, place) = (variance, cut) }
    }
    guard place >= 0 else { return Self.untold("step_change", null) }
    let pValue = ofTrials(nested(null.variance, null.parameters, least, 2), candidates.count)
    return Test(type: "step_change", pValue: pValue, variance: least, parameters: 2, place: place)
  }

  private func trendChange(against null: Test) -> Test {
    var (least, place) = (Double.greatestFiniteMagnitude, -1)
    var (before, behind) = (RunningRegression(), RunningRegression())
    let first = candidates[0]
    var last = first
    for at in 0..<first { before.add(Double(at), values[at], weights[at]) }
    for at in first..<values.count { behind.add(Double(at - first), values[at], weights[at]) }
    forEachCut { cut, lower, upper in
      for at in last..<cut {
        before.add(Double(at), values[at], weights[at])
        behind.remove(Double(at - first), values[at], weights[at])
      }
      last = cut
      let left = lower.variance * (1 - before.rSquared)
      let right = upper.variance * (1 - behind.rSquared)
      let variance = (lower.count * left + upper.count * right) / (lower.count + upper.count)
      if variance < least { (least, place) = (variance, cut) }
    }
    guard place >= 0 else { return Self.untold("trend_change", null) }
    let pValue = ofTrials(nested(null.variance, null.parameters, least, 6), candidates.count)
    return Test(type: "trend_change", pValue: pValue, variance: least, parameters: 6, place: place)
  }

  /// Whether the values before some place are of another distribution than those behind it.
  private func distributionChange(_ places: [Int]) -> ChangePoint {
    var (most, place) = (0.0, -1)
    forEachCut { cut, lower, upper in
      let difference =
        abs(lower.mean - upper.mean) + abs(lower.variance.squareRoot() - upper.variance.squareRoot())
      let scaled = Double(min(cut, values.count - cut)) * difference
      if scaled >= most { (most, place) = (scaled, cut) }
    }
    let (sample, cuts) = sampled(Array(Set(places + [place])).sorted())
    var pValue = 1.0
    for cut in cuts where cut > 0 && cut < sample.count {
      let (left, right) = (Array(sample[..<cut]), Array(sample[cut...]))
      let distance = SpecialFunctions.kolmogorovSmirnov(left, right)
      let found = SpecialFunctions.likelihood(ofDistance: distance, left.count, right.count)
      if found < pValue { (pValue, place) = (found, cut) }
    }
    // Neighbouring places tell nearly the same.
    return ChangePoint(
      type: "distribution_change", place: place < 0 ? nil : place, pValue: ofTrials(pValue, (sample.count + 49) / 50))
  }

  /// At most 500 of the values, chosen by numbers that repeat, and where the places are among them.
  private func sampled(_ places: [Int]) -> (values: [Double], places: [Int]) {
    let most = 500
    guard values.count > most else { return (values, places) }
    var random = JavaRandom(seed: 126_832_678)
    var choice = Array(values.indices)
    for at in 0..<most {
      choice.swapAt(at, at + Int((random.double() * 0.99999 * Double(values.count - at)).rounded(.down)))
    }
    let chosen = choice[..<most].sorted()
    return (chosen.map { values[$0] }, places.map { place in chosen.firstIndex { $0 >= place } ?? most })
  }
}
