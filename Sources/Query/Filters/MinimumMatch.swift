import Foundation

/// `minimum_should_match`: how many of so many have to hold.
///
/// `2`, `-1` (all but one), `75%`, `-25%` (a quarter may be missing), and conditions on their number: `2<75% 9<-3`.
struct MinimumMatch: Hashable, Sendable {
  private enum Amount: Hashable {
    case count(Int)
    case share(Int)
  }

  private struct Step: Hashable {
    var above: Int
    var amount: Amount
  }

  /// The amount that counts where there are more than so many: the last one before a bound that is not passed.
  private var steps: [Step]

  init?(_ written: String) {
    let text = written.trimmingCharacters(in: .whitespaces)
    guard !text.isEmpty else { return nil }
    guard text.contains("<") else {
      guard let amount = Self.amount(text) else { return nil }
      steps = [Step(above: .min, amount: amount)]
      return
    }
    // Up to the first bound all have to hold.
    steps = [Step(above: .min, amount: .share(100))]
    for part in Self.joined(text).split(separator: " ") {
      let sides = part.split(separator: "<", omittingEmptySubsequences: false)
      guard sides.count == 2, let bound = Int(sides[0]), let amount = Self.amount(String(sides[1])) else { return nil }
      steps.append(Step(above: bound, amount: amount))
    }
  }

  /// Blanks beside a `<` do not part conditions.
  private static func joined(_ text: String) -> String {
    let parts = text.split(separator: "<", omittingEmptySubsequences: false)
    return parts.map { String($0).trimmingCharacters(in: .whitespaces) }.joined(separator: "<")
  }

  private static func amount(_ text: String) -> Amount? {
    let most = -1_000_000...1_000_000
    if text.hasSuffix("%") {
      return Int(text.dropLast().trimmingCharacters(in: .whitespaces)).flatMap { most ~= $0 ? .share($0) : nil }
    }
    return Int(text).flatMap { most ~= $0 ? .count($0) : nil }
  }

  /// So many of `total`, never fewer than none; more than there are where more are asked for.
  func count(of total: Int) -> Int {
    var amount = steps[0].amount
    for step in steps {
      guard total > step.above else { break }
      amount = step.amount
    }
    switch amount {
    case .count(let number): return max(0, number < 0 ? total + number : number)
    case .share(let percent):
      let part = percent * total / 100
      return max(0, percent < 0 ? total + part : part)
    }
  }
}
