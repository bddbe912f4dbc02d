@testable import Query

extension ESQLTestRun {
  /// The answer over all events at once, over events one by one, and over random cuts of them into runs and batches, also
  /// where only events come that a condition on single ones leaves.
  func answers(_ text: String, cuts random: inout some RandomNumberGenerator) throws -> [(
    way: String, answer: ESQLAnswer
  )] {
    func cut(_ rows: [Int]) -> [[Int]] {
      var parts: [[Int]] = []
      var rest = rows[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...rest.count, using: &random)
        parts.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      return parts
    }
    let names = ["whole", "one by one", "cut", "narrowed"]
    let answers = try answers(text) { count in
      let rows = Array(0..<count)
      // A worker's batches are any, in the order in which they stand; what is merged first is chance.
      let runs = cut(rows).map { cut($0) }.shuffled(using: &random)
      return [
        Way(runs: [[rows]]), Way(runs: rows.map { [[$0]] }.reversed()), Way(runs: runs),
        Way(runs: runs, isNarrowed: true),
      ]
    }
    return Array(zip(names, answers))
  }
}
