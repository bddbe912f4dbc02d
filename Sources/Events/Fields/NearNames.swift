/// Names among which those near another in spelling are found without looking at each.
///
/// Names lie by their length, and each with a mask of the letters in it: an edit changes at most two bits of it, so most
/// names are told apart without counting edits.
struct NearNames: Sendable {
  private struct Name: Sendable {
    var letters: [UInt8]
    var mask: UInt64
    var place: Int
  }

  private var byLength: [[Name]] = []

  /// The length of the longest name.
  var longest: Int { byLength.count - 1 }

  /// Adds a name; `place` is what it is found by.
  mutating func add(_ letters: [UInt8], place: Int) {
    while byLength.count <= letters.count { byLength.append([]) }
    byLength[letters.count].append(Name(letters: letters, mask: Self.mask(letters), place: place))
  }

  /// Calls with the place of each name that is at most `bound` edits away, and how many they are; in no order.
  func forEach(near wanted: [UInt8], atMost bound: Int, _ body: (_ place: Int, _ distance: Int) -> Void) {
    let mask = Self.mask(wanted)
    let (low, high) = (max(0, wanted.count - bound), min(longest, wanted.count + bound))
    guard low <= high else { return }
    for length in low...high {
      for name in byLength[length] where (name.mask ^ mask).nonzeroBitCount <= 2 * bound {
        guard let distance = EditDistance.between(wanted, name.letters, atMost: bound) else { continue }
        body(name.place, distance)
      }
    }
  }

  private static func mask(_ letters: [UInt8]) -> UInt64 {
    var mask: UInt64 = 0
    for letter in letters { mask |= 1 << UInt64(letter & 63) }
    return mask
  }
}
