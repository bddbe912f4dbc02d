import Foundation

/// Functions that distributions are made of.
enum SpecialFunctions {
  /// The regularized incomplete beta function, by its continued fraction.
  static func regularizedBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return x.isNaN ? x : 0 }
    guard x < 1 else { return 1 }
    if x > (a + 1) / (2 + b + a), 1 - x <= (b + 1) / (2 + b + a) { return 1 - regularizedBeta(1 - x, b, a) }
    let front = a * log(x) + b * log1p(-x) - log(a) - logBeta(a, b)
    return exp(front) / fraction(x, a, b)
  }

  private static func logBeta(_ a: Double, _ b: Double) -> Double { logGamma(a) + logGamma(b) - logGamma(a + b) }

  private static func logGamma(_ x: Double) -> Double { lgamma(x).0 }

  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let small = 1e-50
    var (value, c, d) = (1.0, 1.0, 0.0)
    for n in 1..<10_000 {
      let m = Double(n / 2)
      let term =
        n % 2 == 0
        ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        : -((a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 + term * d
      if abs(d) < small { d = small }
      c = 1 + term / c
      if abs(c) < small { c = small }
      d = 1 / d
      value *= c * d
      if abs(c * d - 1) < 1e-14 { break }
    }
    return value
  }

  /// How likely a larger value than `x` is in the distribution F.
  static func moreThan(_ x: Double, numerator: Double, denominator: Double) -> Double {
    guard x > 0 else { return x.isNaN ? 0 : 1 }
    guard x.isFinite else { return 0 }
    return regularizedBeta(denominator / (denominator + numerator * x), 0.5 * denominator, 0.5 * numerator)
  }

  // MARK: Kolmogorov and Smirnov

  /// The greatest distance between the distribution functions of two samples.
  static func kolmogorovSmirnov(_ left: [Double], _ right: [Double]) -> Double {
    let (x, y) = (left.sorted(), right.sorted())
    var (i, j, distance, most) = (0, 0, 0, 0)
    repeat {
      let next = x[i] <= y[j] ? x[i] : y[j]
      while i < x.count, x[i] == next {
        i += 1
        distance += y.count
      }
      while j < y.count, y[j] == next {
        j += 1
        distance -= x.count
      }
      most = max(most, abs(distance))
    } while i < x.count && j < y.count
    return Double(most) / (Double(x.count) * Double(y.count))
  }

  /// How likely so great a distance is between two samples of one distribution, by counting paths in a lattice.
  static func likelihood(ofDistance distance: Double, _ n: Int, _ m: Int) -> Double {
    let bound = Int(((distance - 1e-12) * Double(n) * Double(m)).rounded(.up))
    func isInside(_ i: Int, _ j: Int) -> Double { abs(i * m - j * n) < bound ? 1 : 0 }
    var paths = (0..<m).map { isInside(0, $0 + 1) }
    var last = 0.0
    for i in 1...n {
      last = isInside(i, 0)
      for j in 1...m {
        paths[j - 1] = isInside(i, j) * (last + paths[j - 1])
        last = paths[j - 1]
      }
    }
    var choices = 1.0
    for k in 1...min(n, m) { choices *= Double(n + m - min(n, m) + k) / Double(k) }
    return 1 - last / choices
  }
}

/// Fits a parabola to weighted points that come and go.
struct RunningRegression {
  private var count = 0.0
  /// Means of the powers of x up to the fourth, then of y, x y, x² y, and of y².
  private var means = [Double](repeating: 0, count: 9)

  mutating func add(_ x: Double, _ y: Double, _ weight: Double) { move(x, y, weight, isLeaving: false) }
  mutating func remove(_ x: Double, _ y: Double, _ weight: Double) { move(x, y, weight, isLeaving: true) }

  private mutating func move(_ x: Double, _ y: Double, _ weight: Double, isLeaving: Bool) {
    count = isLeaving ? max(count - weight, 0) : count + weight
    guard count > 0 else {
      means = [Double](repeating: 0, count: 9)
      return
    }
    let share = weight / count
    let values = [1, x, x * x, x * x * x, x * x * x * x, y, x * y, x * x * y, y * y]
    for place in means.indices {
      means[place] =
        isLeaving
        ? means[place] * (1 + share) - share * values[place] : means[place] * (1 - share) + share * values[place]
    }
  }

  /// Which share of the variance the parabola explains; none where the points do not tell one.
  var rSquared: Double {
    guard count > 0 else { return 0 }
    let variance = means[8] - means[5] * means[5]
    guard let parameters else { return 0 }
    let shift = means[5] - (0..<3).reduce(0) { $0 + means[$1] * parameters[$1] }
    let explained = (0..<3).reduce(0) { $0 + means[5 + $1] * parameters[$1] }
    let share = 1 - (means[8] - explained - shift * shift) / variance
    return share.isNaN ? share : min(max(share, 0), 1)
  }

  /// Nil where the equations are not to be solved.
  private var parameters: [Double]? {
    var rows = (0..<3).map { i in (0..<3).map { means[i + $0] } + [means[5 + i]] }
    guard isSolvable else { return nil }
    for column in 0..<3 {
      guard let pivot = (column..<3).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
        rows[pivot][column] != 0
      else { return nil }
      rows.swapAt(column, pivot)
      for row in 0..<3 where row != column {
        let factor = rows[row][column] / rows[column][column]
        for place in column..<4 { rows[row][place] -= factor * rows[column][place] }
      }
    }
    return (0..<3).map { rows[$0][3] / rows[$0][$0] }
  }

  /// Whether the largest singular value is not too many times the smallest: by rotations, the matrix being symmetric.
  private var isSolvable: Bool {
    var matrix = (0..<3).map { i in (0..<3).map { means[i + $0] } }
    for _ in 0..<50 {
      for (p, q) in [(0, 1), (0, 2), (1, 2)] where matrix[p][q] != 0 {
        let theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q])
        let t = (theta >= 0 ? 1 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<3 {
          (matrix[k][p], matrix[k][q]) = (c * matrix[k][p] - s * matrix[k][q], s * matrix[k][p] + c * matrix[k][q])
        }
        for k in 0..<3 {
          (matrix[p][k], matrix[q][k]) = (c * matrix[p][k] - s * matrix[q][k], s * matrix[p][k] + c * matrix[q][k])
        }
      }
    }
    let values = (0..<3).map { abs(matrix[$0][$0]) }
    guard let least = values.min(), let most = values.max() else { return false }
    return !(most > 1e15 * least)
  }
}

/// The count, mean and variance of weighted values that come and go.
struct RunningMoments {
  private var squares = 0.0
  private var sum = 0.0
  private(set) var count = 0.0

  var mean: Double { sum / count }
  var variance: Double {
    let value = (squares - sum * sum / count) / count
    return value.isNaN ? value : max(value, 0)
  }

  mutating func add(_ value: Double, _ weight: Double) {
    squares += value * value * weight
    count += weight
    sum += value * weight
  }

  mutating func remove(_ value: Double, _ weight: Double) {
    squares = max(squares - value * value * weight, 0)
    count = max(count - weight, 0)
    sum -= value * weight
  }
}

/// The numbers of Java's `Random`, which repeat for a seed.
struct JavaRandom {
  private var state: UInt64

  init(seed: Int64) { state = (UInt64(bitPattern: seed) ^ 0x5_DEEC_E66D) & (1 << 48 - 1) }

  private mutating func next(_ bits: Int) -> UInt64 {
    state = (state &* 0x5_DEEC_E66D &+ 0xB) & (1 << 48 - 1)
    return state >> (48 - UInt64(bits))
  }

  /// From 0 to less than 1.
  mutating func double() -> Double { Double(next(26) << 27 + next(27)) * 0x1p-53 }
}
