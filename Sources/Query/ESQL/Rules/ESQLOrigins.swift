/// What the rows of a page were made of: a number below `sets` names one row of the first page, one from there on a set of them.
struct ESQLOrigins {
  static let sets: UInt32 = 1 << 31

  private var joined: [[UInt32]] = []

  /// The rows of the first page that a number stands for, ascending.
  func rows(_ number: UInt32) -> [Int] {
    number < Self.sets ? [Int(number)] : joined[Int(number - Self.sets)].map(Int.init)
  }

  /// Numbers for what groups of rows are made of.
  mutating func join(_ origins: [UInt32], _ rows: [(group: Int32, row: Int32)], _ groupCount: Int) -> [UInt32] {
    var members = [Set<UInt32>](repeating: [], count: groupCount)
    for (group, row) in rows {
      let origin = origins[Int(row)]
      if origin < Self.sets {
        members[Int(group)].insert(origin)
      } else {
        members[Int(group)].formUnion(joined[Int(origin - Self.sets)])
      }
    }
    return members.map { set in
      joined.append(set.sorted())
      return Self.sets + UInt32(joined.count - 1)
    }
  }
}
