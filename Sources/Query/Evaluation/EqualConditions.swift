import Events

/// The conditions of many queries on one column that ask for one keyword each.
///
/// With hundreds of them it is cheaper to look the column's distinct values up among the conditions than the other way
/// round: a batch holds few of the values that rules ask for.
struct EqualConditions: Sendable {
  /// What is asked for; a code is an index to `leaves`.
  private var texts = ValueDictionary()
  /// The conditions that ask for each text; entry 0 is unused.
  private var leaves: [[Int]] = [[]]
  /// All conditions on the column.
  private(set) var all: [Int] = []

  mutating func insert(_ text: [UInt8], leaf: Int) {
    let code = text.withUnsafeBufferPointer { Int(texts.insert(Scalar(.string, $0))) }
    if code == leaves.count { leaves.append([]) }
    leaves[code].append(leaf)
    all.append(leaf)
  }

  /// The conditions that a value meets. A keyword holds numbers and booleans by their text.
  func met(by value: Scalar) -> [Int] { leaves[Int(texts.code(of: Scalar(.string, value.bytes)))] }

  /// True when it pays to start from a column's values.
  func isWorthwhile(for column: Column) -> Bool { all.count >= 8 && column.dictionary.count <= 4 * all.count }
}
