/// What a misspelt word was meant to be.
public enum Spelling {
  /// The candidate nearest to a word by edit distance (a swap of neighbours counts one); nil when none is close.
  ///
  /// Close is at most a third of the word's length, and at most three edits. Of equally near ones the first in order of
  /// spelling is taken, so the answer does not depend on the order of the candidates.
  public static func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(word.lowercased().unicodeScalars.prefix(128))
    var limit = min(3, max(1, letters.count / 3))
    var best: String?
    for candidate in candidates where candidate != word {
      guard let edits = distance(letters, Array(candidate.lowercased().unicodeScalars.prefix(128)), atMost: limit)
      else {
        continue
      }
      guard let found = best, edits == limit else {
        best = candidate
        limit = edits
        continue
      }
      best = min(found, candidate)
    }
    return best
  }

  /// The number of edits from one text to another; nil when it exceeds `limit`.
  static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], atMost limit: Int) -> Int? {
    guard abs(left.count - right.count) <= limit else { return nil }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      current.reserveCapacity(right.count + 1)
      for column in 0..<right.count {
        var edits = min(last[column + 1], current[column]) + 1
        edits = min(edits, last[column] + (left[row] == right[column] ? 0 : 1))
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          edits = min(edits, beforeLast[column - 1] + 1)
        }
        current.append(edits)
      }
      guard current.contains(where: { $0 <= limit }) else { return nil }
      beforeLast = last
      last = current
    }
    return last[right.count] <= limit ? last[right.count] : nil
  }
}
