import Events

/// Many sets of words to look for in a text at once: all words of one set, in any order.
struct WordSetIndex: Sendable {
  private var words = ValueDictionary()
  /// How many sets have each word, by its code.
  private var uses: [UInt32] = [0]
  /// The words of all sets one after another, and where each set ends.
  private var members: [UInt32] = []
  private var ends: [UInt32] = [0]
  /// The sets by the word of theirs that the fewest sets have, so that few have to be looked at.
  private var setsOfWord: [UInt32: [UInt32]] = [:]

  mutating func insert(_ text: [String]) {
    let start = members.count
    for var word in text {
      let code = word.withUTF8 { words.insert(Scalar(.string, $0)) }
      if code == uses.count { uses.append(0) }
      guard !members[start...].contains(code) else { continue }
      members.append(code)
      uses[Int(code)] += 1
    }
    if members.count > start { ends.append(UInt32(members.count)) }
  }

  /// Ends the index; it finds nothing before.
  mutating func finish() {
    for set in 0..<(ends.count - 1) {
      guard let rarest = codes(set).min(by: { uses[Int($0)] < uses[Int($1)] }) else { continue }
      setsOfWord[rarest, default: []].append(UInt32(set))
    }
  }

  private func codes(_ set: Int) -> ArraySlice<UInt32> { members[Int(ends[set])..<Int(ends[set + 1])] }

  var isEmpty: Bool { setsOfWord.isEmpty }

  /// True when all words of some set are among these.
  func occurs(in text: [String]) -> Bool {
    var present: Set<UInt32> = []
    for var word in text {
      let code = word.withUTF8 { words.code(of: Scalar(.string, $0)) }
      if code != 0 { present.insert(code) }
    }
    return present.contains { word in
      setsOfWord[word]?.contains { codes(Int($0)).allSatisfy(present.contains) } ?? false
    }
  }
}
