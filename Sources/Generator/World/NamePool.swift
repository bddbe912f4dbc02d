/// The names of an account, one after another in one piece of memory, so that a record copies them without detours.
struct NamePool {
  struct Entry {
    var offset: Int
    var length: Int
  }

  private(set) var bytes: [UInt8] = []
  /// For each list of each region (lists that are not regional stand under the first), its entries.
  private(set) var lists: [[Entry]]
  private let regions: Int

  init(regions: Int) {
    self.regions = regions
    lists = Array(repeating: [], count: NameList.allCases.count * regions)
  }

  @inline(__always)
  func index(_ list: NameList, region: Int) -> Int {
    list.rawValue * regions + (list.isRegional ? region : 0)
  }

  mutating func append(_ name: String, to list: NameList, region: Int = 0) {
    let name = Array(name.utf8)
    lists[index(list, region: region)].append(Entry(offset: bytes.count, length: name.count))
    bytes += name
  }

  /// The names of a list, for the records that are written one by one.
  func names(_ list: NameList, region: Int = 0) -> [String] {
    lists[index(list, region: region)].map {
      String(decoding: bytes[$0.offset..<$0.offset + $0.length], as: UTF8.self)
    }
  }
}
