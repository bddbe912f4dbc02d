import Foundation

/// Judges the greatest and the least of a series by the density of the others.
struct SpikeDetector {
  private let values: [Double]

  init(_ values: [Double]) { self.values = values }

  /// The more significant of a spike and a dip that are significant at all.
  func change(below threshold: Double) -> ChangePoint {
    guard values.count >= 4 else { return .none }
    let length = max(Int(0.1 * Double(values.count) + 0.5), 2) - 1
    let (dip, spike) = (extreme(length, isDip: true), extreme(length, isDip: false))
    let ofDip = density(without: dip.excluded, spike.place).tail(values[dip.place], isUpper: false)
    let ofSpike = density(without: spike.excluded, dip.place).tail(values[spike.place], isUpper: true)
    let (dipValue, spikeValue) = (likelihood(ofDip.value), likelihood(ofSpike.value))
    let found = (isDip: dipValue < threshold, isSpike: spikeValue < threshold)
    let prefersDip =
      ofDip.value != ofSpike.value ? ofDip.value < ofSpike.value : ofDip.distance > ofSpike.distance
    if found.isDip, !found.isSpike || prefersDip {
      return ChangePoint(type: "dip", place: dip.place, pValue: dipValue)
    }
    return found.isSpike ? ChangePoint(type: "spike", place: spike.place, pValue: spikeValue) : .none
  }

  /// How likely it is that one of all the values lies so far out.
  private func likelihood(_ tail: Double) -> Double {
    let count = Double(values.count)
    return tail > 1e-10 ? 1 - pow(1 - tail, count) : count * tail
  }

  /// The place of an extreme value, and the stretch with the greatest sum that it lies in.
  private func extreme(_ length: Int, isDip: Bool) -> (place: Int, excluded: Range<Int>) {
    let length = min(length, values.count - 1)
    let sign = isDip ? -1.0 : 1.0
    var place = 0
    for at in values.indices where sign * values[at] > sign * values[place] { place = at }
    func sum(_ start: Int) -> Double {
      sign * values[start..<min(start + length, values.count)].reduce(0, +)
    }
    var start = max(0, place + 1 - length)
    var most = sum(start)
    for other in stride(from: start + 1, through: place, by: 1) {
      if other + length >= values.count { break }
      let one = sum(other)
      if one > most { (start, most) = (other, one) }
    }
    return (place, start..<(start + length))
  }

  private func density(without range: Range<Int>, _ place: Int) -> Density {
    Density(values.indices.filter { !range.contains($0) && $0 != place }.map { values[$0] }.sorted())
  }

  /// A sum of normal distributions around values, smoother than what fits best.
  private struct Density {
    let values: [Double]
    let width: Double

    init(_ ordered: [Double]) {
      values = ordered
      let count = Double(ordered.count)
      let mean = ordered.reduce(0, +) / count
      // Corrected as the two-pass algorithm has it.
      let (squares, rest) = ordered.reduce((0.0, 0.0)) { ($0.0 + ($1 - mean) * ($1 - mean), $0.1 + ($1 - mean)) }
      let variance = ordered.count > 1 ? (squares - rest * rest / count) / (count - 1) : 0
      width = 1.36 * pow(count, -0.2) * variance.squareRoot()
    }

    /// How likely a value as far out as `x` is, and how far off the nearest value lies.
    func tail(_ x: Double, isUpper: Bool) -> (value: Double, distance: Double) {
      guard !values.isEmpty else { return (1, 0) }
      let start = min(place(x - 3 * width), values.count - 1)
      let end = max(place(x + 3 * width), start + 1)
      var sum = Double(isUpper ? values.count - end : start)
      var distance = Double.greatestFiniteMagnitude
      for centre in values[start..<end] {
        let off = isUpper ? x - centre : centre - x
        sum += abs(off) > 40 * width ? (off > 0 ? 0 : 1) : 0.5 * erfc(off / (width * 2.0.squareRoot()))
        distance = min(abs(centre - x), distance)
      }
      return (sum / Double(values.count), distance)
    }

    /// Where a value stands or would stand, by halving as Java does it: of equal ones it may be any.
    private func place(_ x: Double) -> Int {
      var (low, high) = (0, values.count - 1)
      while low <= high {
        let middle = (low + high) / 2
        if values[middle] < x {
          low = middle + 1
        } else if values[middle] > x {
          high = middle - 1
        } else {
          return middle
        }
      }
      return low
    }
  }
}
